/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

/**
 * A file that was found.
 *
 * @param name what it is called in messages
 * @param identity the same for the same file, however it is named
 * @param folder where imports beside it are looked for; empty for what is built in
 */
record RecipeText(String name, String identity, String folder, String text) {
  boolean isBuiltIn() {
    return folder.isEmpty();
  }

  /** What the file's end says of its form. */
  boolean endsWith(String suffix) {
    return name.endsWith(suffix);
  }
}
