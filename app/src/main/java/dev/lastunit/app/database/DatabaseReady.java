package dev.lastunit.app.database;

/**
 * Says that every module's migrations are done. A bean that opens connections by other means than
 * the pools takes this as a parameter, so that it is made after them.
 *
 * @param address the migrated database
 * @param applied how many migrations were run at this start; 0 when the schema was up to date
 */
public record DatabaseReady(DatabaseAddress address, int applied) {}
