/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.problem.Problems;
import dev.sinter.setting.Form;

/** Numbers of flags that no recipe's setting stands for, in the words of those. */
final class WholeNumbers {
  private WholeNumbers() {}

  /** Adds a problem if a flag's number is not positive. */
  static void requirePositive(String flag, int value, Problems problems) {
    if (value < 1) {
      problems.add(wrong(flag, Form.Whole.POSITIVE, String.valueOf(value)));
    }
  }

  /** What to say of a flag's value that has not the form that it must have. */
  static String wrong(String flag, Form form, String value) {
    return flag + " must be " + form.expected() + ", not " + value;
  }
}
