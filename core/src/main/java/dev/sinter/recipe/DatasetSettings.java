/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import java.util.ArrayList;
import java.util.List;

/** The calibration data that a recipe may ask for, by the names of the command's flags. */
public final class DatasetSettings {
  /** A split, or the map that older versions of llm-compressor take. */
  private static final Form SPLITS =
      Form.either(
          new Form.Text(),
          new Form.Table(
              new SettingTable("splits", Setting.of("calibration", new Form.Text(), "The split"))));

  public static final SettingTable TABLE =
      new SettingTable(
              "dataset",
              text(
                  "dataset",
                  "A file, folder, pattern, table, query, known set or org/name of a hub"),
              text("dataset_path", "Where the data is, if dataset says only what it is"),
              text("dataset_config_name", "The configuration of a set that has several"),
              text("dataset_revision", "The revision of a hub's set"),
              Setting.of("splits", SPLITS, "The split, and which rows of it: train[:5%]"),
              text("text_column", "The column of texts, messages or token ids"),
              text("preprocessing", "A template with columns in braces, or a known set's name"),
              Setting.of(
                  "num_calibration_samples", Form.Whole.POSITIVE, "How many samples are taken"),
              Setting.of("max_seq_length", Form.Whole.POSITIVE, "Longer samples are cut"),
              Setting.of(
                  "concatenate_data",
                  new Form.Flag(),
                  "Whether samples are blocks of max_seq_length tokens, wherever rows end"),
              Setting.of(
                  "data_collator",
                  Form.word("truncation", "padding"),
                  "What becomes of unequal lengths in a micro-batch"),
              Setting.of(
                  "shuffle_calibration_samples",
                  new Form.Flag(),
                  "Whether samples are drawn, or taken from the start"),
              Setting.of("seed", new Form.Whole(0, Integer.MAX_VALUE), "Decides what is drawn"),
              Setting.of("batch_size", Form.Whole.POSITIVE, "Sequences in a micro-batch"),
              Setting.of(
                  "sequential_targets",
                  Form.texts(),
                  "Modules that are calibrated one after another; the model's layers if not given"),
              Setting.of(
                  "sequential_targets_per_subgraph",
                  Form.Whole.POSITIVE,
                  "How many of them are calibrated at once"),
              Setting.of(
                  "moe_calibrate_all_experts",
                  new Form.Flag(),
                  "Whether experts are calibrated with all tokens, or those routed to them"),
              Setting.of(
                  "propagate_error",
                  new Form.Flag(),
                  "Whether layers are calibrated on what compressed ones put out"),
              Setting.of(
                  "propagate_activation_error",
                  new Form.Flag(),
                  "Whether they see all that clients round: every weight, inputs, outputs, caches"))
          .and(ofPeers())
          .explaining("path", "Write dataset: PATH")
          .explaining("name", "Write dataset: NAME")
          .explaining("preprocessing_func", "Write preprocessing, a template: no Python is run")
          .explaining("calib_size", "Write num_calibration_samples")
          .explaining("calib_seq", "Write max_seq_length");

  private DatasetSettings() {}

  private static Setting text(String name, String meaning) {
    return Setting.of(name, new Form.Text(), meaning);
  }

  private static List<Setting> ofPeers() {
    List<Setting> settings = new ArrayList<>();
    PeerArguments.withoutEffect()
        .keySet()
        .forEach(name -> settings.add(Setting.withoutEffect(name)));
    PeerArguments.fixed().forEach((name, form) -> settings.add(Setting.fixed(name, form)));
    return settings;
  }
}
