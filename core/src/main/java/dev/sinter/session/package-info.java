/**
 * A run in progress: its identity, the workspace that outlives a killed driver, the journal of what
 * was committed, the contract that an engine fulfils, and the session that tells modifiers of it.
 */
package dev.sinter.session;
