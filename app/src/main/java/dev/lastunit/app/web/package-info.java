/**
 * The outer rim of the HTTP interface, the same for every controller: strict reading of JSON,
 * bodies of bounded size, and one form for every refusal ({@code application/problem+json}, RFC
 * 9457).
 *
 * <p>Sees {@code shared.api} and Spring; no context's types, no database, nothing of {@code
 * dev.lastunit.app.security}, which builds upon it.
 */
package dev.lastunit.app.web;
