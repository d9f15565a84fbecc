/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import java.util.regex.Pattern;

/** What can be told of SQL by its text. */
final class SqlText {
  private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;

  private static final Pattern QUERY =
      Pattern.compile("\\s*\\(*\\s*(?:SELECT|WITH|VALUES|TABLE|FROM)[\\s(].*", FLAGS);
  private static final Pattern ORDER = Pattern.compile("\\bORDER\\s+BY\\b", FLAGS);

  /** One, two or three names, as a table has them. */
  private static final Pattern TABLE =
      Pattern.compile(
          "(?:[\\p{L}_][\\w\\p{L}]*|`[^`]+`)(?:\\.(?:[\\p{L}_][\\w\\p{L}]*|`[^`]+`)){0,2}");

  private static final Pattern TEXTS =
      Pattern.compile(
          "'[^'\\\\]*+(?:\\\\.[^'\\\\]*+)*+'|\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"|`[^`]*+`|--[^\\n]*|/\\*.*?\\*/",
          FLAGS);

  private static final Pattern INNERMOST = Pattern.compile("\\([^()]*\\)");

  private SqlText() {}

  /** Whether a text is a query. */
  static boolean isQuery(String text) {
    return QUERY.matcher(text).matches();
  }

  /** Whether a text may name a table. */
  static boolean isTableName(String text) {
    return TABLE.matcher(text).matches();
  }

  /** Whether the rows of a query are ordered: ORDER BY stands outside of all brackets. */
  static boolean isOrdered(String query) {
    String outside = TEXTS.matcher(query).replaceAll(" ");
    String before;
    do {
      before = outside;
      outside = INNERMOST.matcher(before).replaceAll(" ");
    } while (!outside.equals(before));
    return ORDER.matcher(outside).find();
  }
}
