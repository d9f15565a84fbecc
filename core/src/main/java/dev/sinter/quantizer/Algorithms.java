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
  static final String MSE = "mse";
  static final String HESSIAN = "local_hessian";
  static final String CLIP = "awq_clip";
  static final String LITE = "awq_lite";
  static final String FULL = "awq_full";
  static final String SMOOTHQUANT = "smoothquant";
  static final String HEADROOM = "nvfp4_act_headroom";

  static final String DAMPING = "perc_damp";
  static final String BLOCK = "block_size";
  static final String SWEEP = "fp8_scale_sweep";
  static final String STEP = "step_size";
  static final String START = "start_multiplier";
  static final String STOP = "stop_multiplier";
  static final String LEAST_RATIO = "min_clip_ratio";
  static final String SHRINK = "shrink_step";
  static final String ALPHA = "alpha";
  static final String ALPHA_STEP = "alpha_step";
  static final String ANCHOR = "anchor_percentile";
  static final String UPPER = "upper_percentile";
  static final String RHO = "rho";

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
    Setting sweep = Setting.of(SWEEP, new Form.Flag(), "Whether all scales of FP8 are tried");
    List<Setting> search =
        List.of(
            Setting.of(STEP, Form.Real.POSITIVE, "The step of the search").otherwise(0.1),
            Setting.of(START, Form.Real.POSITIVE, "Where it starts").otherwise(0.25),
            Setting.of(STOP, Form.Real.POSITIVE, "Where it stops").otherwise(4.0));
    Setting step =
        Setting.of(ALPHA_STEP, Form.Real.FRACTION, "The step between exponents").otherwise(0.1);
    List<Setting> clip =
        List.of(
            Setting.of(LEAST_RATIO, Form.Real.FRACTION, "How far ranges are cut").otherwise(0.5),
            Setting.of(SHRINK, Form.Real.FRACTION, "The step of cuts").otherwise(0.05),
            // All tokens are looked at.
            Setting.withoutEffect("max_tokens_per_batch"),
            Setting.withoutEffect("max_co_batch_size"));
    add(tables, MAX);
    add(tables, MSE, join(search, List.of(sweep.otherwise(false))));
    add(
        tables,
        HESSIAN,
        join(
            search,
            List.of(
                sweep.otherwise(true),
                Setting.of(BLOCK, Form.Whole.POSITIVE, "Columns that are looked at together")
                    .otherwise(16))));
    add(
        tables,
        SMOOTHQUANT,
        List.of(
            Setting.of(ALPHA, Form.Real.FRACTION, "How much moves into the weights")
                .otherwise(1.0)));
    add(tables, LITE, List.of(step));
    add(tables, CLIP, clip);
    add(tables, FULL, join(List.of(step), clip));
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
        HEADROOM,
        List.of(
            Setting.of(ANCHOR, new Form.Real(0, 100), "The anchor").otherwise(1.0),
            Setting.of(UPPER, new Form.Real(0, 100), "The upper end").otherwise(99.99),
            Setting.of(RHO, new Form.Real(0, 28_671), "The range over the anchor")
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
