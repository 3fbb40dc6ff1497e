/** Settings of all processes. Each process has a package of its own below this one. */
package dev.lastunit.process;
