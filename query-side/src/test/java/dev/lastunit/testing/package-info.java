/** What the tests of several reads share: real database, real projections, real socket. */
package dev.lastunit.testing;
