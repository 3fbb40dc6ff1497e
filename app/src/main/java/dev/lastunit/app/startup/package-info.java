/**
 * What happens around Spring's own start: settings, the lock on the data directory, the look at the
 * port, faults in one line, and the lines that say where to go when everything is ready.
 *
 * <p>Knows Spring Boot; must not see Axon or any context of the shop.
 */
package dev.lastunit.app.startup;
