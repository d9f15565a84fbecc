/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.dataset.KnownSet;
import dev.sinter.dataset.KnownSets;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.RequestException;
import java.util.List;

/** What {@code --preprocessing} says. */
public final class Preprocessings {
  private Preprocessings() {}

  /** A template with columns in braces, or how a known set's columns become a text. */
  public static Content parse(String text) {
    if (text.contains(".py:") || text.endsWith(".py")) {
      throw new RequestException(
          "--preprocessing "
              + text
              + ": Sinter runs no Python. Write a template with columns in braces, such as"
              + " \"Question: {question}\\nAnswer: {answer}\", or name the preprocessing of a known set: "
              + KnownSets.names());
    }
    if (text.contains("{")) {
      return new Content.Templates(List.of(PythonFormat.parse(unescaped(text))));
    }
    return KnownSets.find(text)
        .map(KnownSet::preprocessing)
        .map(Preprocessings::of)
        .orElseThrow(
            () ->
                new RequestException(
                    "--preprocessing "
                        + text
                        + " is neither a template with columns in braces nor one of "
                        + KnownSets.names()
                        + "."
                        + Nearest.hint(text, KnownSets.names())));
  }

  /** How the rows of a known set become samples. */
  static Content of(KnownSet.Preprocessing preprocessing) {
    if (preprocessing instanceof KnownSet.Templates templates) {
      return new Content.Templates(
          templates.templates().stream().map(PythonFormat::parse).toList());
    }
    return preprocessing instanceof KnownSet.ChatWithSystem chat
        ? new Content.ChatWithSystem(chat.column())
        : new Content.Column(((KnownSet.Column) preprocessing).name());
  }

  /** A shell hands over a backslash and a letter for a line break. */
  private static String unescaped(String text) {
    return text.replace("\\n", "\n").replace("\\t", "\t");
  }
}
