/**
 * A run in progress: its identity, the workspace that outlives a killed driver, the journal of what
 * was committed, and the contract that an engine fulfils.
 */
package dev.sinter.session;
