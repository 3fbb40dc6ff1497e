/**
 * The command bus: sharded single writers, so that no two commands of one stream are ever handled
 * at the same time on a node, and group commit (ADR 0005). Knows Axon and nothing of any context.
 */
package dev.lastunit.shared.command.bus;
