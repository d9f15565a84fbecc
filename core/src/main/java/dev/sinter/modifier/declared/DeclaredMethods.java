/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.declared;

import dev.sinter.modifier.ModifierFactory;
import dev.sinter.modifier.Schedule;
import dev.sinter.modifier.declared.DeclaredModifier.Data;
import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import java.util.ArrayList;
import java.util.List;

/** The methods of llm-compressor, old and new, that this version knows by their settings. */
public final class DeclaredMethods {
  private static final String SPARSITY = "sparsity";
  private static final String MAPPINGS = "mappings";
  private static final String NO_SCHEME =
      "This method rounds nothing: give the scheme to a QuantizationModifier behind it";

  private static final List<Setting> UNUSED =
      List.of(
          Setting.withoutEffect("index"),
          Setting.withoutEffect("group"),
          Setting.withoutEffect("requires_calibration_data"));

  private DeclaredMethods() {}

  public static List<ModifierFactory> all() {
    List<ModifierFactory> all = new ArrayList<>();
    all.addAll(pruning());
    all.addAll(rotations());
    all.add(autoRound());
    all.add(distillation());
    return all;
  }

  private static DeclaredFactory method(
      String name, String meaning, Data data, List<Setting> settings) {
    List<Setting> all = new ArrayList<>(settings);
    all.addAll(Schedule.SETTINGS);
    all.addAll(UNUSED);
    SettingTable table =
        new SettingTable(name, all.toArray(Setting[]::new))
            .explaining("scheme", NO_SCHEME)
            .explaining("config_groups", NO_SCHEME);
    return new DeclaredFactory(table, meaning, data);
  }

  private static Setting targets(Object standard) {
    return Setting.of(
            DeclaredFactory.TARGETS, Form.texts(), "What it touches: classes, names, re:REGEX")
        .otherwise(standard);
  }

  private static Setting ignore(Object standard) {
    return Setting.of(DeclaredFactory.IGNORE, Form.texts(), "What stays as it is")
        .otherwise(standard);
  }

  private static List<ModifierFactory> pruning() {
    Setting sparsity =
        Setting.of(
            SPARSITY,
            Form.either(Form.Real.FRACTION, new Form.ListOf(Form.Real.FRACTION)),
            "Which part of the weights becomes zero, such as 0.5; or a list, one for each target");
    List<Setting> shared =
        List.of(
            sparsity.required(),
            Setting.of("sparsity_profile", Form.word("owl"), "How sparsity varies over layers"),
            Setting.of(
                    "mask_structure",
                    new Form.Shaped("N:M, such as 2:4", "\\d{1,3}:\\d{1,3}"),
                    "N:M prunes N of every M weights, such as 2:4; 0:0 has no structure")
                .otherwise("0:0"),
            Setting.of("owl_m", Form.Whole.POSITIVE, "How many times the mean is an outlier"),
            Setting.of("owl_lmbda", Form.Real.POSITIVE, "How far layers may differ"),
            targets(List.of("Linear")),
            ignore(List.of()),
            Setting.withoutEffect("sequential_update"));
    List<Setting> sparseGpt = new ArrayList<>(shared);
    sparseGpt.add(
        Setting.of("block_size", Form.Whole.POSITIVE, "Columns pruned before the rest is updated")
            .otherwise(128));
    sparseGpt.add(
        Setting.of("dampening_frac", Form.Real.FRACTION, "What is added to the diagonal")
            .otherwise(0.01));
    sparseGpt.add(
        Setting.of("preserve_sparsity_mask", new Form.Flag(), "Whether zeros stay zeros")
            .otherwise(false));
    sparseGpt.add(Setting.withoutEffect("offload_hessians"));
    return List.of(
        method(
            "SparseGPTModifier",
            "Prunes weights and spreads the error (arXiv 2301.00774)",
            Data.NEEDED,
            sparseGpt),
        method(
            "WandaPruningModifier",
            "Prunes weights by size times input (arXiv 2306.11695)",
            Data.NEEDED,
            shared),
        method("MagnitudePruningModifier", "Prunes the smallest weights", Data.UNUSED, magnitude()),
        method(
            "ConstantPruningModifier",
            "Keeps the zeros of weights through what follows",
            Data.UNUSED,
            List.of(targets(List.of("Linear")), ignore(List.of()))),
        method(
            "REAPPruningModifier",
            "Drops the experts that matter least (arXiv 2510.13999)",
            Data.NEEDED,
            List.of(
                Setting.of(SPARSITY, Form.Real.FRACTION, "Which part of the experts goes")
                    .required(),
                ignore(List.of()),
                Setting.of("report_path", new Form.Text(), "A JSON file for the scores"))));
  }

  private static List<Setting> magnitude() {
    return List.of(
        targets(List.of("Linear")),
        ignore(List.of()),
        Setting.of("init_sparsity", Form.Real.FRACTION, "Where training starts"),
        Setting.of("final_sparsity", Form.Real.FRACTION, "Which part of the weights becomes zero")
            .required(),
        Setting.of("mask_structure", new Form.Text(), "unstructured, N:M such as 2:4, or block_RxC")
            .otherwise("unstructured"),
        Setting.of(
                "update_scheduler",
                new Form.Shaped(
                    "one of linear, cubic, polynomial_decay, polynomial, multi_step, calc(...)",
                    "linear|cubic|polynomial_decay|polynomial|multi_step|calc\\(.*\\)"),
                "How sparsity grows while training")
            .otherwise("cubic"),
        Setting.of("scheduler_args", new Form.Other("a map"), "The scheduler's settings"),
        Setting.of("apply_globally", new Form.Flag(), "One threshold for all weights")
            .otherwise(false),
        Setting.withoutEffect("leave_enabled"));
  }

  private static List<ModifierFactory> rotations() {
    List<Setting> shared =
        List.of(
            Setting.of(
                    "transform_type",
                    Form.word("hadamard", "random-hadamard", "random-matrix"),
                    "The rotation")
                .otherwise("hadamard"),
            Setting.of("randomize", new Form.Flag(), "Whether every module has its own rotation")
                .otherwise(false),
            Setting.of("learnable", new Form.Flag(), "Whether rotations are trained")
                .otherwise(false),
            Setting.of(
                    "precision",
                    new Form.Shaped(
                        "float64, float32, float16 or bfloat16",
                        "(torch\\.)?(float64|float32|float16|bfloat16)"),
                    "The type they are applied in")
                .otherwise("float64"),
            Setting.of("transform_block_size", Form.Whole.POSITIVE, "The size of a block"),
            Setting.of("transform_config", new Form.Other("a map"), "Transforms written out"),
            targets(List.of("Linear")),
            ignore(List.of("lm_head")));
    List<Setting> spin = new ArrayList<>(shared);
    spin.add(
        Setting.of("rotations", new Form.ListOf(Form.word("r1", "r2", "r3", "r4")), "Which")
            .otherwise(List.of("R1", "R2")));
    spin.add(Setting.of(MAPPINGS, new Form.Other("a map"), "Which modules are rotated"));
    spin.add(Setting.of("norm_mappings", new Form.Other("a list"), "Which norms are folded"));
    List<Setting> quip = new ArrayList<>(shared);
    quip.add(
        Setting.of("rotations", new Form.ListOf(Form.word("v", "u")), "Which")
            .otherwise(List.of("v")));
    return List.of(
        method(
            "SpinQuantModifier",
            "Rotates the model so that outliers spread (arXiv 2405.16406)",
            Data.UNUSED,
            spin),
        method(
            "QuIPModifier",
            "Rotates each weight so that outliers spread (arXiv 2402.04396)",
            Data.UNUSED,
            quip));
  }

  private static ModifierFactory autoRound() {
    List<Setting> settings = new ArrayList<>();
    settings.add(targets(List.of("Linear")));
    settings.add(ignore(List.of()));
    settings.add(Setting.of("scheme", new Form.Other("a preset"), "A preset such as W4A16"));
    settings.add(Setting.of("config_groups", new Form.Other("groups"), "Schemes written out"));
    settings.add(Setting.of("iters", Form.Whole.POSITIVE, "Steps for each layer").otherwise(200));
    settings.add(Setting.of("batch_size", Form.Whole.POSITIVE, "Samples in a step").otherwise(8));
    settings.add(Setting.of("lr", Form.Real.POSITIVE, "The learning rate"));
    settings.add(
        Setting.of("disable_opt_rtn", new Form.Flag(), "Plain rounding for zero steps")
            .otherwise(false));
    settings.add(Setting.withoutEffect("enable_torch_compile"));
    settings.add(Setting.withoutEffect("device_ids"));
    return method(
        "AutoRoundModifier",
        "Learns which way weights are rounded (arXiv 2309.05516)",
        Data.NEEDED,
        settings);
  }

  private static ModifierFactory distillation() {
    return method(
        "OutputDistillationModifier",
        "Trains a compressed model to answer as the dense one",
        Data.NEEDED,
        List.of(
            Setting.of(
                DeclaredFactory.TARGETS, new Form.Other("layers"), "Layers whose outputs count"),
            Setting.of("projection", new Form.Text(), "How outputs are projected"),
            Setting.of("projection_args", new Form.Other("a map"), "The projection's settings"),
            Setting.of("transforms", new Form.Other("names"), "What is done to outputs first"),
            Setting.of("transforms_args", new Form.Other("settings"), "Settings of transforms"),
            Setting.of(
                    "comparison",
                    Form.word(
                        "kl_divergence",
                        "l1_distance",
                        "l2_distance",
                        "inner_product",
                        "cosine_similarity",
                        "cross_entropy",
                        "square_head"),
                    "How outputs are compared")
                .otherwise("kl_divergence"),
            Setting.of("comparison_args", new Form.Other("a map"), "Settings of the comparison"),
            Setting.of("orig_scale", Form.Real.ANY, "The weight of the task's loss").otherwise(1.0),
            Setting.of("distill_scale", Form.Real.ANY, "The weight of the comparison")
                .otherwise(1.0),
            Setting.withoutEffect("offload_layer_output")));
  }
}
