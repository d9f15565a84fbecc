/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** ModelOpt's calibration algorithms with their settings. */
final class Algorithms {
  static final String METHOD = "method";
  static final String MAX = "max";
  static final String GPTQ = "gptq";

  private static final String DAMPING = "perc_damp";
  private static final String BLOCK = "block_size";

  static final String LAYERWISE_NAME = "layerwise";
  static final String FROM_COMPRESSED = "get_qdq_activations_from_prev_layer";
  static final String EXPERTS_RATIO = "moe_calib_experts_ratio";

  /** The settings that are algorithms themselves. */
  static final List<String> NESTED = List.of("weight_scale_algorithm", "scale_algorithm");

  private static final Setting LAYERWISE =
      Setting.of(
          LAYERWISE_NAME,
          Form.either(
              new Form.Flag(),
              new Form.Table(
                  new SettingTable(
                      "layerwise",
                      Setting.of("enable", new Form.Flag(), "Layer by layer").otherwise(false),
                      Setting.of(
                          FROM_COMPRESSED,
                          new Form.Flag(),
                          "Whether a layer sees what the compressed one before gives"),
                      Setting.withoutEffect("checkpoint_dir"),
                      Setting.withoutEffect("save_every"),
                      Setting.withoutEffect("calib_mutates_weights")))),
          "Whether layers are calibrated one after the other");

  static final Map<String, SettingTable> TABLES = tables();

  private Algorithms() {}

  private static Map<String, SettingTable> tables() {
    Map<String, SettingTable> tables = new LinkedHashMap<>();
    Setting sweep =
        Setting.of("fp8_scale_sweep", new Form.Flag(), "Whether all scales of FP8 are tried");
    List<Setting> search =
        List.of(
            Setting.of("step_size", Form.Real.POSITIVE, "The step of the search").otherwise(0.1),
            Setting.of("start_multiplier", Form.Real.POSITIVE, "Where it starts").otherwise(0.25),
            Setting.of("stop_multiplier", Form.Real.POSITIVE, "Where it stops").otherwise(4.0));
    Setting step =
        Setting.of("alpha_step", Form.Real.FRACTION, "The step between exponents").otherwise(0.1);
    List<Setting> clip =
        List.of(
            Setting.of("min_clip_ratio", Form.Real.FRACTION, "How far ranges are cut")
                .otherwise(0.5),
            Setting.of("shrink_step", Form.Real.FRACTION, "The step of cuts").otherwise(0.05),
            Setting.of("max_tokens_per_batch", Form.Whole.POSITIVE, "Tokens that are looked at")
                .otherwise(64),
            Setting.withoutEffect("max_co_batch_size"));
    add(tables, MAX);
    add(tables, "mse", join(search, List.of(sweep.otherwise(false))));
    add(
        tables,
        "local_hessian",
        join(
            search,
            List.of(
                sweep.otherwise(true),
                Setting.of(BLOCK, Form.Whole.POSITIVE, "Columns that are looked at together")
                    .otherwise(16))));
    add(
        tables,
        "smoothquant",
        List.of(
            Setting.of("alpha", Form.Real.FRACTION, "How much moves into the weights")
                .otherwise(1.0)));
    add(tables, "awq_lite", List.of(step));
    add(tables, "awq_clip", clip);
    add(tables, "awq_full", join(List.of(step), clip));
    add(
        tables,
        "svdquant",
        List.of(
            Setting.of("lowrank", Form.Whole.POSITIVE, "The rank of what is kept apart")
                .otherwise(32),
            Setting.of("skip_layers", Form.texts(), "Layers that are left out")));
    add(
        tables,
        GPTQ,
        List.of(
            Setting.of(DAMPING, Form.Real.FRACTION, "Damping, a part of the mean diagonal")
                .otherwise(0.01),
            Setting.of(BLOCK, Form.Whole.POSITIVE, "Columns rounded before the rest is updated")
                .otherwise(128),
            Setting.withoutEffect("fused")));
    add(
        tables,
        "nvfp4_act_headroom",
        List.of(
            Setting.of("anchor_percentile", new Form.Real(0, 100), "The anchor").otherwise(1.0),
            Setting.of("upper_percentile", new Form.Real(0, 100), "The upper end").otherwise(99.99),
            Setting.of("rho", new Form.Real(0, 28_671), "The range over the anchor")
                .otherwise(16_384.0),
            Setting.of(
                "weight_scale_algorithm",
                new Form.Other("an algorithm"),
                "How scales of weights are found")));
    add(
        tables,
        "lsq",
        List.of(
            Setting.of(
                "learnable_amax",
                Form.either(new Form.Text(), new Form.ListOf(new Form.Text())),
                "Which ranges are trained"),
            Setting.of("tied_amax", new Form.Flag(), "Whether they are one"),
            Setting.of("quantize_pre_scale", new Form.Flag(), "Whether scales are rounded"),
            Setting.of(
                "scale_algorithm", new Form.Other("an algorithm"), "Where training starts")));
    return Map.copyOf(tables);
  }

  private static List<Setting> join(List<Setting> first, List<Setting> second) {
    List<Setting> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private static void add(Map<String, SettingTable> tables, String method) {
    add(tables, method, List.of());
  }

  private static void add(Map<String, SettingTable> tables, String method, List<Setting> settings) {
    List<Setting> all = new ArrayList<>();
    all.add(Setting.of(METHOD, new Form.Text(), "The algorithm's name"));
    all.addAll(settings);
    all.add(LAYERWISE);
    all.add(
        Setting.of(EXPERTS_RATIO, Form.Real.FRACTION, "Which part of the experts sees each token"));
    for (String name :
        List.of(
            "distributed_sync",
            "sync_expert_weight_amax",
            "skip_forward_without_activation_calib",
            "shared_states",
            "use_sequential",
            "layerwise_checkpoint_dir",
            "debug")) {
      all.add(Setting.withoutEffect(name));
    }
    SettingTable table =
        new SettingTable("the algorithm " + method, all.toArray(Setting[]::new))
            .explaining("dampening_frac", "Write perc_damp")
            .explaining("percdamp", "Write perc_damp")
            .explaining("name", "Write method");
    tables.put(method, table);
  }
}
