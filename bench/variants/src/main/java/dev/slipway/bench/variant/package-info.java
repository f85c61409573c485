/**
 * The same small job with and without libraries: read a head from the ledger, describe a service
 * and its task definition, write an item, log one line, count one metric. Each class is a handler,
 * run in a process of its own with the libraries that it names and no others.
 */
package dev.slipway.bench.variant;
