/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

/** Hears what a {@link Hub} does; several threads may tell. */
public interface HubListener {
  /** Something that a person should know. */
  void notice(String text);

  /** What is to be fetched, before it is. */
  void fetching(Listing listing, int files, long bytes);

  /** How far that is. */
  void fetched(long bytes, long of);
}
