package dev.lastunit.bench.load;

import java.time.Duration;

/** How long load is put on before it is measured, and while it is. */
public record Timing(Duration warmUp, Duration measured) {}
