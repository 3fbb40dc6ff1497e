/**
 * The write controllers of fulfilment.
 *
 * <p>Sees the published language and WebFlux; tells ordering what leaves by its commands.
 */
package dev.lastunit.fulfilment.command.web;
