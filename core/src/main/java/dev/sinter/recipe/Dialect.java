/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

/** How closely ModelOpt's grammar is kept to. */
public enum Dialect {
  /** Older and newer forms both, and what they leave open. */
  ANY,
  /** What ModelOpt of today takes, and nothing else. */
  STRICT_MODELOPT
}
