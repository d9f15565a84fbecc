/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.problem.RequestException;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;

/** The time that chat templates are told: one for all of a run. */
record StartTime(LocalDateTime time, Source source) {
  /** The usual way to say the time of a build, in seconds since 1970. */
  static final String VARIABLE = "SOURCE_DATE_EPOCH";

  /** Who says so. */
  enum Source {
    CLOCK,
    REQUEST
  }

  static StartTime of(Map<String, String> environment) {
    String said = environment.get(VARIABLE);
    if (said == null) {
      return new StartTime(LocalDateTime.now(ZoneId.systemDefault()), Source.CLOCK);
    }
    try {
      LocalDateTime time = LocalDateTime.ofEpochSecond(Long.parseLong(said), 0, ZoneOffset.UTC);
      return new StartTime(time, Source.REQUEST);
    } catch (NumberFormatException | DateTimeException e) {
      throw new RequestException(VARIABLE + " is seconds since 1970, found " + said, e);
    }
  }
}
