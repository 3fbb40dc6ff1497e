/** What a measured time cost: processor time, log written, transactions; and on which machine. */
package dev.lastunit.bench.measure;
