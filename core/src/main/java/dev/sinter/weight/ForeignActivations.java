/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.quantization.ForeignFormat;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.quantization.Strategy;
import dev.sinter.weight.ActivationPoint.Role;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The activations that checkpoints in eight- and four-bit floats want rounded which
 * compressed-tensors did not write. ModelOpt's scales stand beside the codes, {@code input_scale}
 * and {@code k_scale}; blocks of DeepSeek's kind have inputs rounded by the blocks' columns when
 * the model runs.
 */
final class ForeignActivations {
  private static final String INPUT_SCALE = ".input_scale";
  private static final String KEY_SCALE = ".k_proj.k_scale";
  private static final String VALUE_SCALE = ".v_proj.v_scale";

  private ForeignActivations() {}

  static Map<ActivationPoint, StoredActivation> of(
      Checkpoint checkpoint,
      CheckpointWeights weights,
      Collection<ModuleInfo> modules,
      Collection<String> attentions) {
    Map<ActivationPoint, StoredActivation> found = new LinkedHashMap<>();
    for (ModuleInfo module : modules) {
      ModuleSource source = weights.modules().get(module.name());
      if (source != null && !source.isDense()) {
        input(checkpoint, source)
            .ifPresent(
                activation ->
                    found.put(new ActivationPoint(module.name(), Role.INPUT), activation));
      }
    }
    for (String attention : attentions) {
      cache(checkpoint, new ActivationPoint(attention, Role.KEY), KEY_SCALE, found);
      cache(checkpoint, new ActivationPoint(attention, Role.VALUE), VALUE_SCALE, found);
    }
    return found;
  }

  private static Optional<StoredActivation> input(Checkpoint checkpoint, ModuleSource source) {
    WeightSource weight =
        source.weight() instanceof ConvertedWeight converted ? converted.source() : source.weight();
    if (!(weight instanceof CompressedWeight coded)
        || !(coded.format() instanceof ForeignFormat format)) {
      return Optional.empty();
    }
    Optional<TensorEntry> scale = checkpoint.tensor(source.module() + INPUT_SCALE);
    boolean blocks = coded.args().strategy() instanceof Strategy.Block;
    boolean rows = coded.args().strategy() instanceof Strategy.Channel;
    return switch (format) {
      case FP8, FP8_BLOCK_INVERSE -> {
        if (scale.isPresent()) {
          yield Optional.of(activation("FP8", StoredActivation.SCALE, scale.get()));
        }
        // ModelOpt's blocks are of weights alone.
        boolean byBlocks = blocks && format == ForeignFormat.FP8_BLOCK_INVERSE;
        yield byBlocks
            ? Optional.of(activation("FP8_BLOCK"))
            : rows ? Optional.of(activation("FP8_DYNAMIC")) : Optional.empty();
      }
      case MODELOPT_NVFP4 -> scale.map(entry -> activation("NVFP4", StoredActivation.STEP, entry));
      case MODELOPT_MXFP8 -> Optional.of(activation("MXFP8"));
      case MXFP4_BLOCKS -> Optional.empty();
    };
  }

  private static void cache(
      Checkpoint checkpoint,
      ActivationPoint point,
      String tensor,
      Map<ActivationPoint, StoredActivation> found) {
    checkpoint
        .tensor(point.module() + tensor)
        .ifPresent(scale -> found.put(point, activation("FP8", StoredActivation.SCALE, scale)));
  }

  private static StoredActivation activation(String preset) {
    return new StoredActivation(inputs(preset), Map.of());
  }

  private static StoredActivation activation(String preset, String parameter, TensorEntry entry) {
    return new StoredActivation(inputs(preset), Map.of(parameter, entry));
  }

  /** How a preset represents inputs. */
  private static QuantizationArgs inputs(String preset) {
    return ((Activations.Quantized) Presets.named(preset).inputs()).args();
  }
}
