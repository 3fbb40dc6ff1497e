/**
 * Reconciliation over HTTP, for operators and analysts. Sees its runs and what records operators'
 * decisions.
 */
package dev.lastunit.process.reconciliation.web;
