/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static dev.sinter.checkpoint.SafetensorsException.Fault;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Parses a header's JSON as a stream, since a header may describe millions of tensors. Coerces
 * nothing.
 */
final class HeaderParser {
  static final String METADATA = "__metadata__";
  private static final int MAX_NAME_LENGTH = 512;
  private static final int MAX_RANK = 64;

  /** The format's schema caps integers so that every JSON reader can hold them. */
  private static final long MAX_INTEGER = 1L << 53;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(16)
                  .maxStringLength(SafetensorsHeader.MAX_HEADER_BYTES)
                  .maxNumberLength(400)
                  .build())
          // Names are a stranger's: no table of them outlives the parse.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  /** A tensor and its range in the buffer. */
  record Range(TensorSpec spec, long begin, long end) {}

  record Parsed(List<Range> ranges, Map<String, String> metadata) {}

  private final JsonParser tokens;
  private final String file;

  private HeaderParser(JsonParser tokens, String file) {
    this.tokens = tokens;
    this.file = file;
  }

  static Parsed parse(byte[] json, String file) throws IOException {
    var text =
        new InputStreamReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder());
    try (JsonParser tokens = FACTORY.createParser(text)) {
      return new HeaderParser(tokens, file).header();
    } catch (CharacterCodingException e) {
      throw new SafetensorsException(Fault.HEADER_NOT_UTF8, file, "its header is not UTF-8");
    } catch (JacksonException e) {
      // Jackson since 2.16 gives up on a long name before it can be looked at.
      if (e instanceof StreamConstraintsException && e.getOriginalMessage().startsWith("Name")) {
        throw new SafetensorsException(
            Fault.INVALID_NAME,
            file,
            "a name in its header is refused: at most " + MAX_NAME_LENGTH + " characters");
      }
      throw new SafetensorsException(
          Fault.HEADER_NOT_JSON, file, "its header is not JSON: " + JsonSyntaxException.reason(e));
    }
  }

  private Parsed header() throws IOException {
    if (tokens.nextToken() != JsonToken.START_OBJECT) {
      throw fault(Fault.HEADER_NOT_JSON, "its header is not a JSON object");
    }
    List<Range> ranges = new ArrayList<>();
    Map<String, String> metadata = Map.of();
    Set<String> names = new HashSet<>();
    while (tokens.nextToken() != JsonToken.END_OBJECT) {
      String name = tokens.currentName();
      if (!names.add(name)) {
        throw fault(Fault.DUPLICATE_NAME, "its header names " + abbreviated(name) + " twice");
      }
      tokens.nextToken();
      if (name.equals(METADATA)) {
        metadata = metadata();
      } else {
        ranges.add(tensor(requireTensorName(name)));
      }
    }
    if (tokens.nextToken() != null) {
      throw fault(Fault.HEADER_NOT_JSON, "its header has text behind the JSON object");
    }
    return new Parsed(ranges, metadata);
  }

  private Map<String, String> metadata() throws IOException {
    if (tokens.currentToken() != JsonToken.START_OBJECT) {
      throw fault(Fault.INVALID_METADATA, METADATA + " is not a map");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    while (tokens.nextToken() != JsonToken.END_OBJECT) {
      String key = tokens.currentName();
      if (tokens.nextToken() != JsonToken.VALUE_STRING) {
        throw fault(
            Fault.INVALID_METADATA,
            METADATA
                + " holds "
                + kind()
                + " under "
                + abbreviated(key)
                + "; only strings are allowed");
      }
      if (metadata.put(key, tokens.getText()) != null) {
        throw fault(Fault.DUPLICATE_NAME, METADATA + " names " + abbreviated(key) + " twice");
      }
    }
    return metadata;
  }

  private Range tensor(String name) throws IOException {
    if (tokens.currentToken() != JsonToken.START_OBJECT) {
      throw info(name, "is described by " + kind() + ", not by a map");
    }
    Optional<String> dtypeName = Optional.empty();
    Optional<List<Long>> shape = Optional.empty();
    Optional<List<Long>> offsets = Optional.empty();
    Set<String> keys = new LinkedHashSet<>();
    while (tokens.nextToken() != JsonToken.END_OBJECT) {
      String key = tokens.currentName();
      if (!keys.add(key)) {
        throw fault(Fault.DUPLICATE_NAME, "tensor " + name + " has " + abbreviated(key) + " twice");
      }
      tokens.nextToken();
      switch (key) {
        case "dtype" -> dtypeName = Optional.of(string(name));
        case "shape" -> shape = Optional.of(integers(name, key));
        case "data_offsets" -> offsets = Optional.of(integers(name, key));
        default -> throw info(name, "has an unknown key " + abbreviated(key));
      }
    }
    if (dtypeName.isEmpty() || shape.isEmpty() || offsets.isEmpty()) {
      throw info(name, "needs dtype, shape and data_offsets; it has " + keys);
    }
    if (offsets.get().size() != 2) {
      throw info(name, "needs two data_offsets; it has " + offsets.get());
    }
    String spelled = dtypeName.get();
    DType dtype =
        DType.named(spelled)
            .orElseThrow(
                () ->
                    fault(
                        Fault.UNKNOWN_DTYPE,
                        "tensor " + name + " has an unknown dtype " + abbreviated(spelled)));
    return range(
        new TensorSpec(name, dtype, new Shape(shape.get())),
        offsets.get().get(0),
        offsets.get().get(1));
  }

  private Range range(TensorSpec spec, long begin, long end) {
    if (end < begin) {
      throw fault(
          Fault.INVALID_OFFSET,
          "tensor " + spec.name() + " ends at byte " + end + ", before its begin " + begin);
    }
    long bits;
    try {
      bits = Math.multiplyExact(spec.shape().elements(), (long) spec.dtype().bits());
    } catch (ArithmeticException e) {
      throw fault(
          Fault.SHAPE_OVERFLOW,
          "tensor "
              + spec.name()
              + " has a shape "
              + spec.shape()
              + " of "
              + spec.dtype()
              + " beyond 64 bits");
    }
    if (bits % 8 != 0) {
      throw fault(
          Fault.MISALIGNED,
          "tensor "
              + spec.name()
              + " of "
              + spec.dtype()
              + " "
              + spec.shape()
              + " ends within a byte");
    }
    if (bits / 8 != end - begin) {
      throw fault(
          Fault.SIZE_MISMATCH,
          "tensor "
              + spec.name()
              + " of "
              + spec.dtype()
              + " "
              + spec.shape()
              + " needs "
              + bits / 8
              + " bytes, but its offsets ["
              + begin
              + ", "
              + end
              + "] span "
              + (end - begin));
    }
    return new Range(spec, begin, end);
  }

  private String string(String name) throws IOException {
    if (tokens.currentToken() != JsonToken.VALUE_STRING) {
      throw info(name, "has a dtype that is " + kind() + ", not a string");
    }
    return tokens.getText();
  }

  private List<Long> integers(String name, String key) throws IOException {
    if (tokens.currentToken() != JsonToken.START_ARRAY) {
      throw info(name, "has " + key + " that is " + kind() + ", not a list");
    }
    List<Long> values = new ArrayList<>();
    while (tokens.nextToken() != JsonToken.END_ARRAY) {
      if (tokens.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw info(
            name,
            "has "
                + abbreviated(tokens.getText())
                + " in its "
                + key
                + "; whole numbers are expected");
      }
      if (values.size() == MAX_RANK) {
        throw info(name, "has more than " + MAX_RANK + " numbers in its " + key);
      }
      values.add(integer(name, key));
    }
    return values;
  }

  private long integer(String name, String key) throws IOException {
    String text = tokens.getText();
    if (text.startsWith("-")) {
      throw info(name, "has a negative number " + abbreviated(text) + " in its " + key);
    }
    // More than 19 digits never fit; a product of two that fit may still overflow, which the
    // shape's check finds.
    long value = text.length() > 19 ? -1 : Long.parseUnsignedLong(text);
    boolean isDimension = key.equals("shape");
    if (value < 0 || (value > MAX_INTEGER && !isDimension)) {
      throw fault(
          isDimension ? Fault.SHAPE_OVERFLOW : Fault.INVALID_OFFSET,
          "tensor "
              + name
              + " has "
              + abbreviated(text)
              + " in its "
              + key
              + ", beyond what a file can hold");
    }
    return value;
  }

  private String requireTensorName(String name) {
    boolean pathLike = name.contains("..") || name.indexOf('/') >= 0 || name.indexOf('\\') >= 0;
    boolean unprintable = name.codePoints().anyMatch(HeaderParser::isUnprintable);
    if (name.isEmpty() || name.length() > MAX_NAME_LENGTH || pathLike || unprintable) {
      throw fault(
          Fault.INVALID_NAME,
          "tensor name "
              + abbreviated(name)
              + " ("
              + name.length()
              + " characters) is refused: at most "
              + MAX_NAME_LENGTH
              + " characters, no slash, no \"..\", no control characters");
    }
    return name;
  }

  private SafetensorsException info(String tensor, String detail) {
    return fault(Fault.INVALID_TENSOR_INFO, "tensor " + tensor + " " + detail);
  }

  private SafetensorsException fault(Fault fault, String detail) {
    return new SafetensorsException(fault, file, detail);
  }

  private String kind() {
    return switch (tokens.currentToken()) {
      case START_OBJECT -> "a map";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a string";
      case VALUE_NULL -> "null";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      default -> "a number";
    };
  }

  /** Control characters, and halves of surrogate pairs, which UTF-8 cannot spell. */
  private static boolean isUnprintable(int codePoint) {
    return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
  }

  private static String abbreviated(String text) {
    String printable =
        text.codePoints()
            .limit(60)
            .mapToObj(c -> isUnprintable(c) ? "?" : Character.toString(c))
            .reduce("", String::concat);
    return "\"" + printable + (text.length() > 60 ? "..." : "") + "\"";
  }
}
