/**
 * The analysts' and operators' reads over HTTP. Sees {@code audit.query} and {@code shared.query}.
 */
package dev.lastunit.audit.query.web;
