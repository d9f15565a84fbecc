/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.dataset.Columns;
import dev.sinter.json.Json;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What of a row is the sample. */
public sealed interface Content extends Serializable {

  /** Where token ids are that were made elsewhere. */
  String INPUT_IDS = "input_ids";

  /** Which of them are no pads. */
  String ATTENTION_MASK = "attention_mask";

  /** The columns that it is made of. */
  Columns.Named columns();

  /** What a row says. */
  RawSample of(Json.Obj values) throws SampleException;

  /** What it is, for people and for the identity. */
  String description();

  /** A column as it is: texts, messages, or token ids, of which pads are left out. */
  record Column(String name) implements Content {
    @Override
    public Columns.Named columns() {
      return new Columns.Named(
          List.of(name), name.equals(INPUT_IDS) ? List.of(ATTENTION_MASK) : List.of());
    }

    @Override
    public RawSample of(Json.Obj values) throws SampleException {
      RawSample sample = RawSample.of(name, values.members().get(name));
      Optional<Json> mask = values.member(ATTENTION_MASK);
      return sample instanceof RawSample.Ids ids && mask.isPresent()
          ? ids.without(ATTENTION_MASK, mask.get())
          : sample;
    }

    @Override
    public String description() {
      return "column " + name;
    }
  }

  /** A chat; one that begins without a system message gets an empty one. */
  record ChatWithSystem(String name) implements Content {
    private static final Json.Obj EMPTY = Json.object("role", "system", "content", "");

    @Override
    public Columns.Named columns() {
      return new Columns.Named(List.of(name), List.of());
    }

    @Override
    public RawSample of(Json.Obj values) throws SampleException {
      RawSample sample = RawSample.of(name, values.members().get(name));
      if (!(sample instanceof RawSample.Chat chat)
          || chat.messages().get(0).members().get("role").equals(Json.of("system"))) {
        return sample;
      }
      List<Json.Obj> messages = new ArrayList<>(List.of(EMPTY));
      messages.addAll(chat.messages());
      return new RawSample.Chat(messages);
    }

    @Override
    public String description() {
      return "chat in column " + name + ", a system message before it";
    }
  }

  /** The first template whose columns all have a value that is not empty; the last, if none has. */
  record Templates(List<PythonFormat> templates) implements Content {
    public Templates {
      templates = List.copyOf(templates);
    }

    @Override
    public Columns.Named columns() {
      Set<String> all = new LinkedHashSet<>();
      templates.forEach(template -> all.addAll(template.columns()));
      List<String> required =
          all.stream()
              .filter(column -> templates.stream().allMatch(one -> one.columns().contains(column)))
              .toList();
      List<String> optional = all.stream().filter(column -> !required.contains(column)).toList();
      return new Columns.Named(required, optional);
    }

    @Override
    public RawSample of(Json.Obj values) throws SampleException {
      PythonFormat chosen =
          templates.stream()
              .filter(
                  template -> template.columns().stream().allMatch(column -> has(values, column)))
              .findFirst()
              .orElse(templates.get(templates.size() - 1));
      return chosen
          .format(values)
          .<RawSample>map(RawSample.Text::new)
          .orElse(new RawSample.Nothing());
    }

    private static boolean has(Json.Obj values, String column) {
      return values.member(column).filter(value -> !value.equals(new Json.Str(""))).isPresent();
    }

    @Override
    public String description() {
      return templates.stream().map(PythonFormat::source).collect(Collectors.joining(" or "));
    }
  }
}
