/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import java.util.ArrayList;
import java.util.List;

/**
 * What a file of the library says of itself in the comments at its head.
 *
 * @param meaning what it does
 * @param when when to take it; empty if it does not say
 * @param paper where it is from; empty if it does not say
 */
public record RecipeHead(String meaning, String when, String paper) {
  private static final String COMMENT = "#";
  private static final String WHEN = "When:";
  private static final String PAPER = "Paper:";
  private static final String SCHEMA = "modelopt-schema:";

  /** The head of a text; all of it is empty if the text begins without comments. */
  public static RecipeHead of(String text) {
    List<String> meaning = new ArrayList<>();
    String when = "";
    String paper = "";
    for (String line : text.lines().toList()) {
      if (!line.startsWith(COMMENT)) {
        break;
      }
      String said = line.substring(COMMENT.length()).strip();
      if (said.startsWith(WHEN)) {
        when = said.substring(WHEN.length()).strip();
      } else if (said.startsWith(PAPER)) {
        paper = said.substring(PAPER.length()).strip();
      } else if (!said.startsWith(SCHEMA)) {
        meaning.add(said);
      }
    }
    return new RecipeHead(String.join(" ", meaning).strip(), when, paper);
  }
}
