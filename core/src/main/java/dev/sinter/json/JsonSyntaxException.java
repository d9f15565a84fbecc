/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.json;

/** The bytes are not the JSON that is wanted; whoever knows the file adds its name. */
public final class JsonSyntaxException extends Exception {
  private static final long serialVersionUID = 1L;

  JsonSyntaxException(String message) {
    super(message);
  }
}
