/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;

/** An answer that is not what was asked for: what it means, and what to do. */
record Refusal(HubSettings settings, Asked asked, Answer answer) {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int PROXY = 407;
  private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);

  /** What was asked for: a listing, or a file of it. */
  record Asked(RepositoryId repository, String revision, Optional<String> file) {
    @Override
    public String toString() {
      return file.map(name -> name + " of ").orElse("") + repository + " at " + revision;
    }
  }

  /** Throws what it means: what may pass, what is wrong with the request, or else. */
  void raise() throws IOException {
    String answered = settings.endpoint() + " answered " + answer.status() + " for " + asked;
    if (PASSING.contains(answer.status())) {
      throw new PassingException(answered, pause());
    }
    switch (answer.status()) {
      case UNAUTHORIZED, FORBIDDEN, NOT_FOUND -> throw new RequestException(denied());
      case PROXY ->
          throw new RequestException(
              "The proxy wants a user and a password for "
                  + settings.endpoint()
                  + ". Use one that does not, or fetch "
                  + asked.repository
                  + " beforehand into "
                  + settings.cache());
      default -> throw new HubException(answered + said());
    }
  }

  private String denied() {
    String code = answer.header("X-Error-Code").orElse("");
    if (code.equals("GatedRepo")) {
      return asked
          + " is gated: its owner decides who may read it. Ask for access at "
          + page()
          + (settings.token().value().isPresent()
              ? " with the account of " + settings.token() + ", which has none yet"
              : ", and give a token of that account. " + token());
    }
    if (code.equals("RevisionNotFound")) {
      return asked.repository
          + " has no revision "
          + asked.revision
          + ". Look at "
          + page()
          + " for its branches and tags";
    }
    return switch (answer.status()) {
      case UNAUTHORIZED ->
          settings.token().value().isPresent()
              ? settings.endpoint() + " does not take " + settings.token() + said() + ". " + token()
              : settings.endpoint()
                  + " has no "
                  + asked
                  + ", or it is private or gated. "
                  + token();
      case FORBIDDEN ->
          settings.endpoint()
              + " does not let "
              + settings.token()
              + " read "
              + asked
              + said()
              + ". "
              + token();
      default ->
          settings.endpoint()
              + " has no "
              + asked
              + (settings.token().value().isPresent()
                  ? ", or the account of " + settings.token() + " may not see it"
                  : ", or it is private. " + token());
    };
  }

  /** Which token was sent, and what would give another. */
  private String token() {
    HubToken token = settings.token();
    return token.value().isPresent()
        ? "Make one that may read it, at " + settings.endpoint() + "/settings/tokens"
        : "No token was sent; it is looked for in "
            + String.join(", ", token.places())
            + ". "
            + settings.endpoint()
            + "/settings/tokens makes one";
  }

  private String page() {
    return settings.endpoint() + "/" + asked.repository.path();
  }

  /** What the hub says itself. */
  private String said() {
    return answer
        .header("X-Error-Message")
        .map(text -> text.replaceAll("\\p{Cntrl}", " "))
        .map(text -> ": " + text.substring(0, Math.min(200, text.length())))
        .orElse("");
  }

  /** When to come again: seconds, or a date. */
  private Optional<Duration> pause() {
    String after = answer.header("Retry-After").orElse("");
    if (after.matches("[0-9]{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(after)));
    }
    try {
      ZonedDateTime date = ZonedDateTime.parse(after, DateTimeFormatter.RFC_1123_DATE_TIME);
      Duration left = Duration.between(ZonedDateTime.now(date.getZone()), date);
      return Optional.of(left.isNegative() ? Duration.ZERO : left);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
