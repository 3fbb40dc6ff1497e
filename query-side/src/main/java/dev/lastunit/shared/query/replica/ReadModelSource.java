package dev.lastunit.shared.query.replica;

import dev.lastunit.shared.api.Positions;
import org.springframework.r2dbc.core.DatabaseClient;

/**
 * What read models are read with. The two belong together: rows that are read by the client after
 * the positions were asked are at least as new as these said.
 *
 * @param database of the primary or of a replica, as each statement begins
 * @param positions of the rows there; the head is always the primary's
 */
public record ReadModelSource(DatabaseClient database, Positions positions) {}
