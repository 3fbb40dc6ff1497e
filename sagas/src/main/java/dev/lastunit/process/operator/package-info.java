/** Records what operators decided, before it is done. Sees the published language of operations. */
package dev.lastunit.process.operator;
