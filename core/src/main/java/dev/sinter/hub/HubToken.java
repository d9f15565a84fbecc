/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who asks: a token, if there is one, and where it was looked for. Its value goes into one header
 * of requests to the hub itself and nowhere else.
 *
 * @param source where it was found, for messages
 * @param places where it is looked for, in this order
 */
record HubToken(Optional<String> value, Optional<String> source, List<String> places) {
  private static final List<String> VARIABLES = List.of("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN");

  /** Where huggingface_hub looks, in its order. */
  static HubToken find(Map<String, String> environment, Path home) {
    Path file =
        Optional.ofNullable(environment.get("HF_TOKEN_PATH"))
            .map(Path::of)
            .orElseGet(() -> home.resolve("token"));
    List<String> places = List.of(VARIABLES.get(0), VARIABLES.get(1), file.toString());
    if (HubSettings.isOn(environment.getOrDefault("HF_HUB_DISABLE_IMPLICIT_TOKEN", ""))) {
      return new HubToken(
          Optional.empty(),
          Optional.empty(),
          List.of("nowhere, as HF_HUB_DISABLE_IMPLICIT_TOKEN is set"));
    }
    for (String variable : VARIABLES) {
      Optional<String> value = clean(environment.getOrDefault(variable, ""), variable);
      if (value.isPresent()) {
        return new HubToken(value, Optional.of(variable), places);
      }
    }
    Optional<String> value = clean(content(file), file.toString());
    return new HubToken(value, value.map(found -> file.toString()), places);
  }

  private static String content(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new RequestException("The token's file " + file + " cannot be read: " + e, e);
    }
  }

  /** A line break inside would be another header. */
  private static Optional<String> clean(String text, String source) {
    String token = text.strip();
    if (token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new RequestException(
          "The token of "
              + source
              + " holds spaces or other characters that no token has. It is one word, hf_...");
    }
    return token.isEmpty() ? Optional.empty() : Optional.of(token);
  }

  /** Never the value. */
  @Override
  public String toString() {
    return source.map(found -> "the token of " + found).orElse("no token");
  }
}
