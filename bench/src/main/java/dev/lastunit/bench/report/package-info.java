/** What a run found, as Markdown for people and JSON for programs. */
package dev.lastunit.bench.report;
