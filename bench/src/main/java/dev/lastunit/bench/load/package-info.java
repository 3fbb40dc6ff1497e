/**
 * Sends requests in a closed or an open loop and keeps how long the answers took. Must not see what
 * the requests are about.
 */
package dev.lastunit.bench.load;
