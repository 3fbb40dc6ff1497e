/** What the processes' tests share: a real PostgreSQL, and small models of the other contexts. */
package dev.lastunit.process.testing;
