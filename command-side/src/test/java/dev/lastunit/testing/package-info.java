/** What tests of the command side share: the real command side over a store in memory, a server. */
package dev.lastunit.testing;
