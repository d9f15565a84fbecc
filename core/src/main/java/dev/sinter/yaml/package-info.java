/**
 * YAML as data that knows its place: every value, whatever it goes through, can say in which file,
 * line and column it stands and how it came there. Plain data only, within limits; the peers' YAML
 * 1.1.
 */
package dev.sinter.yaml;
