/**
 * Runs processes: state machines whose instances are rows of {@code process.instance}. Turns events
 * into rows, runs the effects of active instances, retries, parks. Knows no process and no context;
 * sees {@code shared.api}, JDBC and Micrometer. Nothing here may see a process's package.
 */
package dev.lastunit.process.engine;
