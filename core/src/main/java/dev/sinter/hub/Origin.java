/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.json.Json;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the files of a snapshot come from, as the cache's own folders tell. */
public record Origin(String repository, String commit) {
  private static final Pattern SNAPSHOT =
      Pattern.compile(".*/(?:model|dataset)s--([^/]+)/snapshots/([^/]+)/?");

  /** The origin of what lies at a location; none if that is no snapshot of a hub's cache. */
  public static Optional<Origin> of(String location) {
    Matcher snapshot = SNAPSHOT.matcher(location);
    return snapshot.matches()
        ? Optional.of(new Origin(snapshot.group(1).replace("--", "/"), snapshot.group(2)))
        : Optional.empty();
  }

  public Json.Obj json() {
    return Json.object("repository", repository, "commit", commit);
  }
}
