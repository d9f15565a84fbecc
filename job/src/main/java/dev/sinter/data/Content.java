/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.dataset.Columns;
import dev.sinter.json.Json;
import java.io.Serializable;
import java.util.List;

/** What of a row is the sample. */
public sealed interface Content extends Serializable {

  /** The columns that it is made of. */
  Columns columns();

  /** What a row says. */
  RawSample of(Json.Obj values) throws SampleException;

  /** What it is, for people and for the identity. */
  String description();

  /** A column as it is: texts, messages or token ids. */
  record Column(String name) implements Content {
    @Override
    public Columns columns() {
      return new Columns.Named(List.of(name), List.of());
    }

    @Override
    public RawSample of(Json.Obj values) throws SampleException {
      return RawSample.of(name, values.members().get(name));
    }

    @Override
    public String description() {
      return "column " + name;
    }
  }
}
