/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * Flags that name a data set and what of its rows is a text: commands that read texts have them.
 * What a recipe's section {@code dataset} may say has no default here.
 */
class DatasetFlags {
  @Option(
      names = "--dataset",
      paramLabel = "DATA",
      description =
          "A file, folder or pattern, local or s3a://, hdfs://, ...; a table; a query (SELECT ...); the name of a known set such as wikitext; or org/name of a hub.")
  Optional<String> dataset = Optional.empty();

  @Option(
      names = "--dataset-path",
      paramLabel = "PATH",
      description =
          "Where the data is; --dataset then says what it is: json, csv, parquet, text, or a known set.")
  Optional<String> datasetPath = Optional.empty();

  @Option(
      names = "--dataset-config-name",
      paramLabel = "NAME",
      description = "The configuration of a set that has several.")
  Optional<String> configName = Optional.empty();

  @Option(
      names = "--dataset-revision",
      paramLabel = "REVISION",
      description = "Of a hub's set: a branch, a tag or a commit (default: main).")
  Optional<String> datasetRevision = Optional.empty();

  @Option(
      names = "--splits",
      paramLabel = "SPLIT",
      description = "The split, and which rows of it: train, train[:5%%], test[100:200].")
  Optional<String> splits = Optional.empty();

  @Option(
      names = "--text-column",
      paramLabel = "NAME",
      description =
          "The column of texts, of messages for the chat template, or of token ids (default: the first there is of input_ids, text, messages, conversations).")
  Optional<String> textColumn = Optional.empty();

  @Option(
      names = {"--preprocessing", "--preprocessing-func"},
      paramLabel = "TEMPLATE",
      description =
          "Makes a text of columns: \"Question: {question}\\nAnswer: {answer}\", or the name of a known set whose way it is.")
  Optional<String> preprocessing = Optional.empty();

  /** What is given, by the names of a recipe's section. */
  Map<String, Object> given() {
    Map<String, Object> given = new LinkedHashMap<>();
    dataset.ifPresent(value -> given.put("dataset", value));
    datasetPath.ifPresent(value -> given.put("dataset_path", value));
    configName.ifPresent(value -> given.put("dataset_config_name", value));
    datasetRevision.ifPresent(value -> given.put("dataset_revision", value));
    splits.ifPresent(value -> given.put("splits", value));
    textColumn.ifPresent(value -> given.put("text_column", value));
    preprocessing.ifPresent(value -> given.put("preprocessing", value));
    return given;
  }
}
