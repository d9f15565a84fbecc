/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

/** A text in the making, no longer and no more work than the meter allows. */
final class TextBuilder {
  private final StringBuilder text = new StringBuilder();
  private final Meter meter;

  TextBuilder(Meter meter) {
    this.meter = meter;
  }

  TextBuilder append(String more) {
    grow(more.length());
    text.append(more);
    return this;
  }

  TextBuilder append(char more) {
    grow(1);
    text.append(more);
    return this;
  }

  TextBuilder repeat(String more, long times) {
    if (times > 0) {
      grow(times > Integer.MAX_VALUE ? Long.MAX_VALUE / 2 : times * more.length());
      text.append(more.repeat((int) times));
    }
    return this;
  }

  private void grow(long by) {
    meter.room(text.length() + by);
    meter.read(by);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
