/**
 * Runs processes: state machines whose instances live in memory while they are young and are rows
 * of {@code process.instance} from then on. Brings events to instances, runs the effects of active
 * ones, retries, parks. Knows no process and no context; sees {@code shared.api}, JDBC and
 * Micrometer. Nothing here may see a process's package.
 */
package dev.lastunit.process.engine;
