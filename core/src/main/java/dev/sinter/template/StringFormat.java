/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.template.Value.Arguments;
import java.util.ArrayList;
import java.util.List;

/** The method format of texts. */
final class StringFormat {
  private final String format;
  private final Arguments arguments;
  private final Meter meter;
  private int unnamed;

  private StringFormat(String format, Arguments arguments, Meter meter) {
    this.format = format;
    this.arguments = arguments;
    this.meter = meter;
  }

  static String format(String format, Arguments arguments, Meter meter) {
    meter.read(format.length());
    return new StringFormat(format, arguments, meter).text(format, 2);
  }

  /** A format with its fields filled in; those within a field go no deeper. */
  private String text(String part, int depth) {
    TextBuilder out = new TextBuilder(meter);
    int next = 0;
    while (next < part.length()) {
      char c = part.charAt(next);
      boolean doubled = next + 1 < part.length() && part.charAt(next + 1) == c;
      if ((c == '{' || c == '}') && doubled) {
        out.append(c);
        next += 2;
      } else if (c == '{') {
        int end = end(part, next);
        out.append(field(part.substring(next + 1, end), depth));
        next = end + 1;
      } else if (c == '}') {
        throw new Fault("The format '" + format + "' has a } that nothing opened");
      } else {
        out.append(c);
        next++;
      }
    }
    return out.toString();
  }

  private int end(String part, int open) {
    int depth = 0;
    for (int i = open; i < part.length(); i++) {
      depth += part.charAt(i) == '{' ? 1 : part.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new Fault("The format '" + format + "' has a { without its }");
  }

  private String field(String field, int depth) {
    if (depth == 0) {
      throw new Fault("The format '" + format + "' nests too deep");
    }
    int colon = outside(field, ':');
    String spec = colon < 0 ? "" : text(field.substring(colon + 1), depth - 1);
    String head = colon < 0 ? field : field.substring(0, colon);
    int mark = outside(head, '!');
    Value value = value(mark < 0 ? head : head.substring(0, mark));
    if (mark >= 0) {
      value = converted(value, head.substring(mark + 1));
    }
    return spec.isEmpty() ? Printing.str(value, meter) : FormatSpec.of(spec).format(value, meter);
  }

  /** Where a character stands outside of brackets. */
  private static int outside(String text, char wanted) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == wanted && depth == 0) {
        return i;
      }
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    }
    return -1;
  }

  private Value converted(Value value, String conversion) {
    return switch (conversion) {
      case "s" -> Value.of(Printing.str(value, meter));
      case "r", "a" -> Value.of(Printing.repr(value, meter));
      default -> throw new Fault("A format knows no !" + conversion + "; !s and !r it does");
    };
  }

  /** What a field names: an argument, and attributes and items of it. */
  private Value value(String path) {
    List<String> parts = parts(path);
    Value value = argument(parts.get(0));
    for (String part : parts.subList(1, parts.size())) {
      String name = part.substring(1);
      boolean place = part.startsWith("[") && name.matches("\\d{1,9}");
      value =
          part.startsWith(".")
              ? Members.attribute(value, name, meter)
              : Members.item(value, place ? Value.of(Long.parseLong(name)) : Value.of(name), meter);
    }
    return value;
  }

  private static List<String> parts(String path) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '.' || c == '[') {
        parts.add(path.substring(start, i));
        start = i;
      }
    }
    parts.add(path.substring(start));
    return parts.stream()
        .map(part -> part.endsWith("]") ? part.substring(0, part.length() - 1) : part)
        .toList();
  }

  private Value argument(String name) {
    boolean place = name.isEmpty() || name.matches("\\d{1,9}");
    if (!place) {
      Value value = arguments.named().get(name);
      if (value == null) {
        throw new Fault("The format '" + format + "' asks for " + name + ", which is not given");
      }
      return value;
    }
    int index = name.isEmpty() ? unnamed++ : Integer.parseInt(name);
    if (index >= arguments.positional().size()) {
      throw new Fault("The format '" + format + "' has more places than values");
    }
    return arguments.positional().get(index);
  }
}
