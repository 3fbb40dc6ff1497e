package dev.lastunit.bench.report;

/** Something that must hold for a run to be a good one. */
public record Check(String name, boolean ok, String detail) {}
