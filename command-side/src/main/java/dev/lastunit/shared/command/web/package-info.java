/**
 * What write controllers of all contexts share: sending a caller's command, answering with its
 * position, collecting what is wrong with a body. Sees {@code shared.api} and WebFlux only.
 */
package dev.lastunit.shared.command.web;
