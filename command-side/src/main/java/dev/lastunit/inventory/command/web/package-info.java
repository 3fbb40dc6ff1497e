/**
 * Write access to stock over HTTP: receipts, adjustments, policies. Must not see aggregates or
 * events; speaks commands only.
 */
package dev.lastunit.inventory.command.web;
