/**
 * The whole service as its users meet it: over HTTP, with the real database, the real payment
 * simulator, and, where it matters, real processes that are really killed.
 */
package dev.lastunit.app.endtoend;
