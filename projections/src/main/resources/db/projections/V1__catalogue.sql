-- The catalogue's read model: one row for each listed product, one for each SKU with stock, and the
-- words that people search by. Written by the processor catalogue.products alone.

create schema catalogue;

-- Contrib module, part of every PostgreSQL distribution and trusted: the database's owner may add it.
create extension if not exists fuzzystrmatch with schema catalogue;

-- Number of edits between two words, or more than max_edits when there are more. A function of our
-- own, since the extension may have been there before in a schema of another name.
do $$
declare
  extension_schema text;
begin
  select n.nspname into extension_schema
  from pg_extension e join pg_namespace n on n.oid = e.extnamespace
  where e.extname = 'fuzzystrmatch';
  execute format(
    'create function catalogue.edits(word text, other text, max_edits integer) returns integer
       language sql immutable parallel safe
       return %I.levenshtein_less_equal(word, other, max_edits)',
    extension_schema);
end
$$;

create table catalogue.product (
  sku              text collate "C" primary key,
  name             text   not null,
  description      text   not null,
  brand            text   not null,
  category         text   not null,
  -- Every level of the category from the root down: {home, home/lighting}; empty without a category.
  category_path    text[] not null,
  price_amount     bigint not null,
  price_currency   text   not null,
  attributes       jsonb  not null,
  image_url        text,
  -- Lower case without accents, at most 200 characters: what the sort by name compares.
  sort_name        text collate "C" not null,
  -- Words of SKU, name (A), brand (B), category and attributes (C), description (D).
  search           tsvector not null,
  -- Position of the event that listed the product, and of the last one that changed it.
  added_position   bigint not null,
  changed_position bigint not null
);

create index product_by_price on catalogue.product (price_amount, sku);
create index product_by_name on catalogue.product (sort_name, sku);
create index product_by_age on catalogue.product (added_position, sku);
create index product_by_brand on catalogue.product (brand);
create index product_by_category on catalogue.product using gin (category_path);
create index product_by_words on catalogue.product using gin (search);

-- Stock may move before a product is listed and after it is delisted, so it has a table of its own.
-- No index covers a column that changes, and pages keep room, so that updates stay in their page.
create table catalogue.availability (
  sku                text collate "C" primary key,
  on_hand            bigint not null,
  reserved           bigint not null,
  safety_stock       integer not null,
  oversell_allowance integer not null,
  available          bigint not null generated always as
    (greatest(0, on_hand - reserved - safety_stock + oversell_allowance)) stored,
  position           bigint not null
) with (fillfactor = 70);

-- Every word that stands or once stood in a name, brand, category, attribute or SKU: where a
-- mistyped word is looked up. A word that no product has any more does no harm.
create table catalogue.word (
  word text collate "C" primary key
);
