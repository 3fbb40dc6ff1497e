/**
 * A small catalogue of our own making, to try the service with. Sees {@code api} only; writes as
 * everybody does, by commands.
 */
package dev.lastunit.app.demo;
