/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;

/** The calibration data that a recipe may ask for, by the names of the command's flags. */
public final class DatasetSettings {
  public static final SettingTable TABLE =
      new SettingTable(
              "dataset",
              Setting.of("dataset", new Form.Text(), "JSON lines of input_ids"),
              Setting.of(
                  "num_calibration_samples", Form.Whole.POSITIVE, "How many samples are taken"),
              Setting.of("max_seq_length", Form.Whole.POSITIVE, "Longer samples are cut"),
              Setting.of(
                  "shuffle_calibration_samples",
                  new Form.Flag(),
                  "Whether samples are drawn, or taken from the start"),
              Setting.of("seed", new Form.Whole(0, Integer.MAX_VALUE), "Decides what is drawn"),
              Setting.of("batch_size", Form.Whole.POSITIVE, "Sequences in a micro-batch"))
          .explaining("path", "Write dataset: PATH")
          .explaining("name", "Write dataset: NAME")
          .explaining("calib_size", "Write num_calibration_samples")
          .explaining("calib_seq", "Write max_seq_length");

  private DatasetSettings() {}
}
