-- The keys that sign the tokens of guests, and of developers in the embedded default.
CREATE SCHEMA IF NOT EXISTS security;

CREATE TABLE security.signing_key (
    key_id     text PRIMARY KEY,
    -- JSON Web Key of an elliptic curve key, with its private part.
    jwk        text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
