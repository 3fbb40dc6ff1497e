/**
 * Write access to the catalogue over HTTP: products one by one and imports of whole files. Must not
 * see aggregates or events; speaks commands only.
 */
package dev.lastunit.catalogue.command.web;
