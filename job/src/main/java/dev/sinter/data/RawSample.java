/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.json.Json;
import java.util.ArrayList;
import java.util.List;

/** What a row says of a sample, before it is tokenized. */
sealed interface RawSample {
  /** What fits an int, whatever the digits. */
  int MOST_DIGITS = 9;

  /** The mark of a token that is none. */
  Json PAD = new Json.Num("0");

  /** What kind it is, to follow "holds". */
  String kind();

  /** A text. */
  record Text(String text) implements RawSample {
    @Override
    public String kind() {
      return "a text";
    }
  }

  /** Messages, for the chat template. */
  record Chat(List<Json.Obj> messages) implements RawSample {
    @Override
    public String kind() {
      return "a chat";
    }
  }

  /** Token ids, made elsewhere. */
  record Ids(List<Integer> ids) implements RawSample {
    public Ids {
      ids = List.copyOf(ids);
    }

    /** Those that a mask of ones and zeros keeps. */
    Ids without(String column, Json mask) throws SampleException {
      if (!(mask instanceof Json.Arr marks) || marks.items().size() != ids.size()) {
        throw new SampleException(column + " is no list of as many marks as there are token ids");
      }
      List<Integer> kept = new ArrayList<>(ids.size());
      for (int i = 0; i < ids.size(); i++) {
        if (!marks.items().get(i).equals(PAD)) {
          kept.add(ids.get(i));
        }
      }
      return new Ids(kept);
    }

    @Override
    public String kind() {
      return "token ids";
    }
  }

  /** Nothing: a row without a value. */
  record Nothing() implements RawSample {
    @Override
    public String kind() {
      return "nothing";
    }
  }

  /** What a column's value is; one that is none of these is a problem. */
  static RawSample of(String column, Json value) throws SampleException {
    if (value instanceof Json.Null) {
      return new Nothing();
    }
    if (value instanceof Json.Str text) {
      return new Text(text.value());
    }
    if (value instanceof Json.Arr array) {
      List<Json> items = array.items();
      if (items.isEmpty()) {
        return new Nothing();
      }
      return items.get(0) instanceof Json.Obj
          ? new Chat(Messages.of(column, items))
          : new Ids(ids(column, items));
    }
    throw new SampleException(
        "has no text, messages or token ids in \"" + column + "\", but " + Messages.kind(value));
  }

  private static List<Integer> ids(String column, List<Json> items) throws SampleException {
    List<Integer> ids = new ArrayList<>(items.size());
    for (Json item : items) {
      if (!(item instanceof Json.Num id) || !id.isInteger() || id.text().length() > MOST_DIGITS) {
        throw new SampleException(column + "[" + ids.size() + "] is no token id");
      }
      ids.add((int) id.asLong());
    }
    return ids;
  }
}
