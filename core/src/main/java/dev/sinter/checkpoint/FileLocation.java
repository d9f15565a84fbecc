/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import dev.sinter.problem.RequestException;

/** One file, by the folder that it is in and its name there. */
public record FileLocation(FileStore folder, String name) {

  /** The file at a location: a local path, or a URI as {@link FileStores#at} takes it. */
  public static FileLocation of(String location) {
    int slash = location.lastIndexOf('/');
    String name = location.substring(slash + 1);
    try {
      FileNames.requireElement(name);
    } catch (IllegalArgumentException e) {
      throw new RequestException("Not the location of a file: \"" + location + "\"", e);
    }
    String folder = slash < 0 ? "." : location.substring(0, Math.max(1, slash));
    return new FileLocation(FileStores.at(folder), name);
  }

  /** Where it is, from the root of its storage. */
  public String location() {
    String inside = folder.location();
    return inside + (inside.endsWith("/") ? "" : "/") + name;
  }
}
