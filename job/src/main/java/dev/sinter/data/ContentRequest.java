/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.dataset.KnownSet;
import dev.sinter.dataset.OpenDataset;
import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.RequestException;
import java.util.List;
import java.util.Optional;

/**
 * What of a row is asked for.
 *
 * @param textColumn the column, if one was named
 * @param preprocessing what makes texts of columns, if it was said
 */
public record ContentRequest(Optional<String> textColumn, Optional<Content> preprocessing) {
  private static final String TEXT = "text";

  /** Columns that are looked for, in this order, if none is named. */
  private static final List<String> USUAL = List.of("input_ids", TEXT, "messages", "conversations");

  /** What is taken of a data set's rows; may start Spark to see their columns. */
  Content of(OpenDataset dataset) {
    return of(dataset, dataset.rows().columns());
  }

  /** What is taken of a data set's rows, which have these columns. */
  Content of(OpenDataset dataset, List<String> columns) {
    Content content = chosen(dataset, columns);
    for (String column : content.columns().required()) {
      if (!columns.contains(column)) {
        throw new RequestException(
            dataset.rows().name()
                + " has no column "
                + column
                + "; it has "
                + columns
                + "."
                + Nearest.hint(column, columns));
      }
    }
    return content;
  }

  private Content chosen(OpenDataset dataset, List<String> columns) {
    if (preprocessing.isPresent()) {
      return preprocessing.get();
    }
    if (textColumn.isPresent()) {
      return new Content.Column(textColumn.get());
    }
    if (dataset.known().isPresent() && !columns.contains(Content.INPUT_IDS)) {
      return Preprocessings.of(dataset.known().get().preprocessing());
    }
    return USUAL.stream()
        .filter(columns::contains)
        .findFirst()
        .map(Content.Column::new)
        .orElseThrow(
            () ->
                new RequestException(
                    dataset.rows().name()
                        + " has no column "
                        + String.join(", ", USUAL)
                        + "; it has "
                        + columns
                        + ". Give --text-column, or --preprocessing to make a text of several"));
  }

  /** What decides how texts are made of a data set's rows. */
  Json.Obj identity(OpenDataset dataset) {
    return Json.object(
        "known_set", dataset.known().map(KnownSet::name).orElse(null),
        "text_column", textColumn.orElse(null),
        "preprocessing", preprocessing.map(Content::description).orElse(null));
  }
}
