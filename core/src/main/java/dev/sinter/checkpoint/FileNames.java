/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import java.util.regex.Pattern;

/**
 * Which names a file of a checkpoint may bear: a name from an index or a header is a stranger's
 * word.
 */
public final class FileNames {
  private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*\\.safetensors");
  private static final int MAX_LENGTH = 255;

  /** How the name of a file ends that is being written: no list shows it. */
  public static final String PENDING = ".sinter-pending";

  private FileNames() {}

  /** Whether an index may name this shard: one path element of plain characters. */
  static boolean isShard(String name) {
    return name.length() <= MAX_LENGTH && SHARD.matcher(name).matches();
  }

  /** Returns the name if it is one path element that names a file inside its folder. */
  public static String requireElement(String name) {
    boolean leadsOut =
        name.isEmpty() || name.equals(".") || name.equals("..") || name.length() > MAX_LENGTH;
    boolean separates =
        name.chars().anyMatch(c -> c == '/' || c == '\\' || c == ':' || c < 0x20 || c == 0x7f);
    if (leadsOut || separates) {
      throw new IllegalArgumentException(
          "Not the name of a file inside a folder: \"" + name + "\"");
    }
    return name;
  }
}
