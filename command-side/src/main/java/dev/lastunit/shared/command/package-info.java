/**
 * What the command sides of several contexts need. Kept small; must not see a context, Spring,
 * Reactor or SQL.
 */
package dev.lastunit.shared.command;
