package dev.lastunit.bench.shop;

/** Where a server listens. */
public record Address(String host, int port) {}
