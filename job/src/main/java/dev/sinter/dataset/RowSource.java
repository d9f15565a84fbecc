/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;

/** The rows of a data set. They are read in parts, so that who needs the first reads no more. */
public interface RowSource {

  /** The data set as it was asked for, to begin a message. */
  String name();

  /** What the rows are known by: if it is the same, so are they. */
  Json.Obj identity() throws IOException;

  /** Whether rows stand in an order of their own, which their places tell. */
  Order order();

  /** Whether the identity is another when rows are. */
  Changes changes();

  /** What can be seen of the rows without Spark, if anything; that there are none is a problem. */
  Optional<Glimpse> glimpse();

  /** The names of the columns, of rows that may differ those of the first. */
  List<String> columns();

  /** How many parts there are, in the order of the rows. */
  int parts();

  /** The rows of so many parts from the first on; what cannot be read is a row that says so. */
  JavaRDD<DataRow> rows(Columns columns, int parts);

  /** Where a row stands, for people. */
  String where(Place place);

  /** Whether rows have an order. */
  enum Order {
    BY_PLACE,
    NONE
  }

  /** How a change of rows shows. */
  enum Changes {
    /** In the identity. */
    TOLD,
    /** Only in the rows themselves. */
    UNTOLD
  }
}
