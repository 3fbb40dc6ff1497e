/**
 * What {@code ./run} does besides serving: commands for the terminal. They speak with a service
 * over HTTP as everybody does, and start one in their own process when none runs.
 *
 * <p>Know HTTP and how the application is started; must not see Axon or any context of the shop.
 */
package dev.lastunit.app.cli;
