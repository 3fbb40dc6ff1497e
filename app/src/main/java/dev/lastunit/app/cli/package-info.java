/**
 * What {@code ./run} does besides serving: commands for the terminal. An import speaks with a
 * service over HTTP as everybody does, and starts one in its own process when none runs; exports
 * and questions read the event store beside it.
 *
 * <p>Know HTTP and how the application is started; must not see Axon or any context of the shop.
 */
package dev.lastunit.app.cli;
