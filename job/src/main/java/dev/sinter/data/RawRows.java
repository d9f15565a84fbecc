/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.dataset.DataRow;
import dev.sinter.dataset.RowSource;
import dev.sinter.problem.RequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sees samples in rows. Rows of one data set must be of one kind: texts, chats or token ids. */
final class RawRows {
  private final RowSource source;
  private final Content content;
  private Optional<RawRow> first = Optional.empty();

  RawRows(RowSource source, Content content) {
    this.source = source;
    this.content = content;
  }

  /** What each row says, in their order. */
  List<RawRow> of(List<DataRow> rows) {
    List<RawRow> raw = new ArrayList<>();
    for (DataRow row : rows) {
      try {
        raw.add(new RawRow(row.place(), content.of(row.values())));
      } catch (SampleException e) {
        throw new RequestException(source.where(row.place()) + " " + e.getMessage());
      }
    }
    raw.forEach(this::requireOneKind);
    return raw;
  }

  private void requireOneKind(RawRow row) {
    if (row.sample() instanceof RawSample.Nothing) {
      return;
    }
    if (first.isEmpty()) {
      first = Optional.of(row);
    }
    RawRow other = first.get();
    if (!other.sample().kind().equals(row.sample().kind())) {
      throw new RequestException(
          source.where(row.place())
              + " holds "
              + row.sample().kind()
              + "; "
              + source.where(other.place())
              + " holds "
              + other.sample().kind()
              + ". All rows must be of one kind");
    }
  }
}
