/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A value as Python's json.dumps writes it.
 *
 * @param ascii whether other characters are escaped
 * @param indent what a level is indented by; all is one line without
 * @param item what stands behind an item
 * @param key what stands behind a key
 */
record JsonText(
    boolean ascii, Optional<String> indent, String item, String key, boolean sorted, Meter meter) {

  String of(Value value) {
    TextBuilder out = new TextBuilder(meter);
    write(value, "", out);
    return out.toString();
  }

  private void write(Value value, String margin, TextBuilder out) {
    meter.step();
    meter.enter();
    Optional<String> text = Values.text(value);
    if (text.isPresent()) {
      out.append(quoted(text.get()));
    } else if (value instanceof Dict dict) {
      members(dict, margin, out);
    } else if (value instanceof Value.Items || value instanceof Value.Tuple) {
      items(Values.list(value).orElseThrow(), margin, out);
    } else {
      out.append(
          scalar(value)
              .orElseThrow(() -> new Fault("A " + Values.type(value) + " has no form in JSON")));
    }
    meter.leave();
  }

  private String quoted(String text) {
    return ascii ? JsonWriter.quotedAscii(text) : JsonWriter.quoted(text);
  }

  private Optional<String> scalar(Value value) {
    if (value instanceof Value.None) {
      return Optional.of("null");
    }
    if (value instanceof Value.Bool bool) {
      return Optional.of(Boolean.toString(bool.value()));
    }
    if (value instanceof Value.Int number) {
      return Optional.of(number.value().toString());
    }
    if (value instanceof Value.Real number) {
      return Optional.of(number(number.value()));
    }
    if (value instanceof Undefined missing) {
      throw missing.fault();
    }
    return Optional.empty();
  }

  private String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    return Double.isInfinite(value)
        ? (value > 0 ? "Infinity" : "-Infinity")
        : Numbers.text(value, meter);
  }

  private void items(List<Value> items, String margin, TextBuilder out) {
    if (items.isEmpty()) {
      out.append("[]");
      return;
    }
    String inner = margin + indent.orElse("");
    out.append('[');
    for (int i = 0; i < items.size(); i++) {
      out.append(i == 0 ? "" : item);
      line(inner, out);
      write(items.get(i), inner, out);
    }
    line(margin, out);
    out.append(']');
  }

  private void members(Dict dict, String margin, TextBuilder out) {
    if (dict.size() == 0) {
      out.append("{}");
      return;
    }
    String inner = margin + indent.orElse("");
    String separator = "";
    out.append('{');
    for (Dict.Entry entry : entries(dict)) {
      out.append(separator);
      line(inner, out);
      out.append(quoted(name(entry.key()))).append(key);
      write(entry.value(), inner, out);
      separator = item;
    }
    line(margin, out);
    out.append('}');
  }

  private void line(String margin, TextBuilder out) {
    if (indent.isPresent()) {
      out.append('\n').append(margin);
    }
  }

  private List<Dict.Entry> entries(Dict dict) {
    List<Dict.Entry> entries = new ArrayList<>(dict.entries());
    if (sorted) {
      entries.sort((a, b) -> Comparison.compare("sort_keys", a.key(), b.key(), meter));
    }
    return entries;
  }

  private String name(Value key) {
    return Values.text(key)
        .or(() -> scalar(key))
        .orElseThrow(() -> new Fault("A " + Values.type(key) + " is no key in JSON"));
  }
}
