/**
 * The assembly: the only module that sees all others. Holds the main class; the parts are in the
 * packages below.
 */
package dev.lastunit.app;
