/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.setting.Form;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What llm-compressor's arguments of data know beside those that are read here: some make no
 * difference, some cannot be had. By their names there.
 */
public final class PeerArguments {
  private PeerArguments() {}

  /** Those that make no difference here, and why. */
  public static Map<String, String> withoutEffect() {
    Map<String, String> reasons = new LinkedHashMap<>();
    reasons.put("streaming", "Spark reads a data set as a stream anyway");
    reasons.put("overwrite_cache", "nothing preprocessed is cached");
    reasons.put("preprocessing_num_workers", "samples are made on as many cores as Spark has");
    reasons.put("dataloader_num_workers", "samples are read on as many cores as Spark has");
    reasons.put("remove_columns", "columns that no sample is made of are not read anyway");
    reasons.put("pad_to_max_length", PADS);
    reasons.put("sequential_prefetch", "a task reads its activations ahead anyway");
    reasons.put("sequential_offload_device", "activations lie on the disks of executors anyway");
    reasons.put("enable_compile", "there is nothing to compile");
    reasons.put("tracing_ignore", "graphs are not traced from Python code");
    reasons.put("quantization_aware_calibration", "it has no effect in llm-compressor either");
    return Collections.unmodifiableMap(reasons);
  }

  /** Why pads are of no use. */
  public static final String PADS =
      "pads are not computed: the samples of a micro-batch lie behind each other";

  /** Those that have one value here. */
  public static Map<String, Form.Fixed> fixed() {
    Map<String, Form.Fixed> fixed = new LinkedHashMap<>();
    fixed.put(
        "dvc_data_repository",
        none("DVC is not read: fetch the files by dvc pull, and name their folder"));
    fixed.put(
        "raw_kwargs",
        new Form.Fixed(
            Json.object(),
            "what load_dataset takes in Python is not read: name files by a pattern, or write a query"));
    fixed.put("min_tokens_per_module", none("this version does not count tokens by module"));
    fixed.put("use_loss_mask", new Form.Fixed(Json.of(false), "all tokens of a sample calibrate"));
    return Collections.unmodifiableMap(fixed);
  }

  private static Form.Fixed none(String because) {
    return new Form.Fixed(new Json.Null(), because);
  }

  /** Every name. */
  public static List<String> names() {
    List<String> names = new ArrayList<>(withoutEffect().keySet());
    names.addAll(fixed().keySet());
    return names;
  }
}
