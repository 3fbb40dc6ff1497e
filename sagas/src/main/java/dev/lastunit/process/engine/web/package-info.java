/**
 * What operators see and do about processes that were given up on. Sees the engine and {@code
 * shared.api}.
 */
package dev.lastunit.process.engine.web;
