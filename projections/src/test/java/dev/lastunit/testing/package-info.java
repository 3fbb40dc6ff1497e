/** What the tests of several projections share: a real PostgreSQL and a history to project. */
package dev.lastunit.testing;
