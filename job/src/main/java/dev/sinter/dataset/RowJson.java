/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rows of a table as JSON, in which they come to those who read them. */
final class RowJson {
  /** What a row lacks stays null, so that it is told from a column that is not there. */
  private static final Map<String, String> OPTIONS = Map.of("ignoreNullFields", "false");

  private RowJson() {}

  /** The columns that are read, each as something makes it of its values. */
  static Column of(Dataset<Row> table, Columns columns, UnaryOperator<Column> made) {
    Column[] selected =
        Arrays.stream(table.columns())
            .filter(columns::isRead)
            .map(name -> made.apply(col("`" + name.replace("`", "``") + "`")).as(name))
            .toArray(Column[]::new);
    return to_json(struct(selected), OPTIONS);
  }
}
