/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.hub.HubListener;
import dev.sinter.hub.Listing;
import java.io.PrintStream;
import java.util.Locale;

/** Tells on stderr what a hub does, and every few seconds how far it is. */
final class HubLines implements HubListener {
  private static final long INTERVAL_NANOS = 5_000_000_000L;

  private final PrintStream err;
  private long start;
  private long told;

  HubLines(PrintStream err) {
    this.err = err;
  }

  @Override
  public synchronized void notice(String text) {
    err.println("sinter: " + text);
  }

  @Override
  public synchronized void fetching(Listing listing, int files, long bytes) {
    start = System.nanoTime();
    told = start;
    err.println(
        "sinter: fetching " + files + " files, " + ByteSize.text(bytes) + ", of " + listing);
  }

  @Override
  public synchronized void fetched(long bytes, long of) {
    long now = System.nanoTime();
    if (now - told < INTERVAL_NANOS) {
      return;
    }
    told = now;
    double seconds = (now - start) / 1e9;
    err.println(
        String.format(
            Locale.ROOT,
            "sinter: fetched %s of %s, %s/s",
            ByteSize.text(bytes),
            ByteSize.text(of),
            ByteSize.text(Math.round(bytes / seconds))));
  }
}
