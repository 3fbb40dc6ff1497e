package dev.lastunit.bench.measure;

/**
 * What one request used on average, and how soon its effect could be read; null where it is not
 * known.
 *
 * @param serverCpuMillis of the JVM that answered, null for SQL without one
 * @param postgresCpuMillis of all of the database server, its work in the background included
 * @param driverCpuMillis of what put on the load
 * @param walBytes written to the write-ahead log
 * @param transactions committed or rolled back
 * @param readableMillis within which 99 of 100 events were in the slowest read model; of the
 *     service only
 * @param idleServiceCores cores that the service took while something else was measured
 */
public record Use(
    Double serverCpuMillis,
    Double postgresCpuMillis,
    Double driverCpuMillis,
    Double walBytes,
    Double transactions,
    Double readableMillis,
    Double idleServiceCores) {

  static final Use UNKNOWN = new Use(null, null, null, null, null, null, null);
}
