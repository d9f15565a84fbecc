/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.util.regex.Pattern;

/** The bytes are not the JSON that is wanted; whoever knows the file adds its name. */
public final class JsonSyntaxException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Names the source, and differently in each version of Jackson. */
  private static final Pattern START_MARKER = Pattern.compile(" \\(start marker at .*");

  private final String fault;

  JsonSyntaxException(String fault) {
    this(fault, "");
  }

  /** A fault, and the position that follows it in the message. */
  JsonSyntaxException(String fault, String position) {
    super(fault + position);
    this.fault = fault;
  }

  /** What is wrong, for who knows the line. */
  public String fault() {
    return fault;
  }

  /** What Jackson found wrong, on one line. */
  public static String reason(JacksonException e) {
    if (e instanceof StreamConstraintsException) {
      return "nested or spelled beyond all measure";
    }
    String message = e.getOriginalMessage().lines().findFirst().orElse("");
    return START_MARKER.matcher(message).replaceFirst("");
  }
}
