/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.json.Json;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a number is stored: an integer of some bits, or a float of exponent and mantissa. */
public sealed interface NumberFormat extends Serializable {
  /** e4m3 and its like, in any case. */
  Pattern EXMY = Pattern.compile("[Ee](\\d{1,2})[Mm](\\d{1,2})");

  /** The form of the peer: bits, or a pair. */
  Json json();

  /** An integer. */
  record Int(int bits) implements NumberFormat {
    @Override
    public Json json() {
      return Json.of(bits);
    }

    @Override
    public String toString() {
      return "int" + bits;
    }
  }

  /** A float. */
  record SmallFloat(int exponent, int mantissa) implements NumberFormat {
    @Override
    public Json json() {
      return Json.of(List.of(exponent, mantissa));
    }

    @Override
    public String toString() {
      return "e" + exponent + "m" + mantissa;
    }
  }

  /** Bits, a notation such as e4m3, or a pair such as [4, 3]. */
  static Optional<NumberFormat> of(Json value) {
    if (value instanceof Json.Num number && number.isInteger() && number.text().length() <= 2) {
      int bits = (int) number.asLong();
      return bits >= 1 ? Optional.of(new Int(bits)) : Optional.empty();
    }
    if (value instanceof Json.Str text) {
      Matcher notation = EXMY.matcher(text.value());
      return notation.matches()
          ? Optional.of(
              new SmallFloat(
                  Integer.parseInt(notation.group(1)), Integer.parseInt(notation.group(2))))
          : Optional.empty();
    }
    if (value instanceof Json.Arr pair
        && pair.items().size() == 2
        && of(pair.items().get(0), pair.items().get(1)) instanceof SmallFloat found) {
      return Optional.of(found);
    }
    return Optional.empty();
  }

  private static NumberFormat of(Json exponent, Json mantissa) {
    boolean digits =
        exponent instanceof Json.Num e
            && mantissa instanceof Json.Num m
            && e.text().matches("\\d{1,2}")
            && m.text().matches("\\d{1,2}");
    return digits
        ? new SmallFloat((int) ((Json.Num) exponent).asLong(), (int) ((Json.Num) mantissa).asLong())
        : new Int(1);
  }
}
