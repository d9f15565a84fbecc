/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;

/** Counts the failures of one undertaking, pauses between them, and gives up. */
final class Retries {
  /** A host that nobody knows, or that takes no connection, seldom comes up within seconds. */
  private static final int TRIES_OF_UNREACHABLE = 2;

  private static final String UNREACHABLE =
      ". Without a way to it, name a folder that holds the files, or a cache that has them (HF_HUB_CACHE);"
          + " behind a proxy, set HTTPS_PROXY";

  private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);
  private static final int DOUBLINGS = 5;

  private final HubSettings.Patience patience;
  private final HubListener listener;
  private int failures;

  Retries(HubSettings.Patience patience, HubListener listener) {
    this.patience = patience;
    this.listener = listener;
  }

  /** A request, tried until it does not fail in passing. */
  interface Request<T> {
    T send() throws IOException;
  }

  <T> T run(Request<T> request) throws IOException {
    while (true) {
      try {
        return request.send();
      } catch (PassingException e) {
        failed(e);
      }
    }
  }

  /** Something was gained: what failed before does not count any more. */
  void progressed() {
    failures = 0;
  }

  /** Pauses before the next try, or throws if there is none. */
  void failed(PassingException failure) throws IOException {
    failures++;
    boolean unreachable =
        failure.getCause() instanceof UnknownHostException
            || failure.getCause() instanceof ConnectException;
    int tries = unreachable ? Math.min(TRIES_OF_UNREACHABLE, patience.tries()) : patience.tries();
    Duration pause =
        failure
            .pause()
            .orElseGet(
                () -> patience.pause().multipliedBy(1L << Math.min(DOUBLINGS, failures - 1)));
    if (failures >= tries || pause.compareTo(LONGEST_ASKED) > 0) {
      String asked =
          failures < tries ? ", and wants to be left alone for " + pause.toSeconds() + " s" : "";
      throw new HubException(
          failure.getMessage()
              + asked
              + " (tried "
              + failures
              + " times)"
              + (unreachable ? UNREACHABLE : ""),
          failure);
    }
    listener.notice(
        failure.getMessage() + "; trying again in " + Math.max(1, pause.toSeconds()) + " s");
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while waiting for a hub");
    }
  }
}
