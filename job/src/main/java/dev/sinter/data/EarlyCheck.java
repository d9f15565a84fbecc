/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.dataset.Glimpse;
import dev.sinter.dataset.OpenDataset;
import java.io.IOException;
import java.util.Optional;

/**
 * What files tell of data before Spark is started to read them: that there are any, their columns,
 * and whether the tokenizer, or its chat template, is one. Of tables, queries and some formats only
 * Spark knows more.
 */
record EarlyCheck(OpenDataset dataset, ContentRequest content, TokenizerSource tokenizer) {
  void run() throws IOException {
    Optional<Glimpse> seen = dataset.rows().glimpse();
    if (seen.isEmpty()) {
      return;
    }
    Content taken = content.of(dataset, seen.get().names());
    Glimpse.Kind kind =
        taken instanceof Content.Templates
            ? Glimpse.Kind.TEXT
            : seen.get().columns().get(taken.columns().required().get(0));
    switch (kind) {
      case TEXT -> tokenizer.require(EncodeTask.Kind.TEXT);
      case OBJECTS -> tokenizer.require(EncodeTask.Kind.CHAT);
      case OTHER -> {
        // Token ids, or what shows when rows are read.
      }
    }
  }
}
