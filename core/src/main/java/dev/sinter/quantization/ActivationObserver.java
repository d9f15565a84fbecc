/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.json.Json;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Finds the ranges of an activation that is rounded by scales known before it runs: it looks at one
 * micro-batch after another, and weighs what it found as compressed-tensors' observers do. A range
 * is an array of the lower ends, one for each scale, followed by the upper ones.
 *
 * @param heads how many heads the channels are of; each has a scale where the strategy says so
 */
public record ActivationObserver(QuantizationArgs args, int heads) {
  public static final String SCALE = "scale";
  public static final String ZERO_POINT = "zero_point";
  public static final String GLOBAL_SCALE = "global_scale";

  private static final String AVERAGING = "averaging_constant";
  private static final double USUAL_AVERAGING = 0.01;

  /** A tensor that tells parameters. */
  public record Part(String suffix, DType dtype, Shape shape) {}

  /** Whether ranges of activations can be found that share scales so. */
  public static boolean isFound(QuantizationArgs args) {
    if (args.isCast()) {
      return false;
    }
    return args.dynamic() == Dynamic.LOCAL
        ? args.strategy() instanceof Strategy.TensorGroup
        : args.strategy() instanceof Strategy.Tensor || args.strategy() instanceof Strategy.Head;
  }

  /** Whether later micro-batches count for more than earlier ones. */
  public boolean isOrdered() {
    return !args.observer().name().equals(ActivationObservers.STANDARD);
  }

  /** The range of one micro-batch. */
  public float[] observe(Tensor x_NC) {
    try (Scope scope = Scope.open()) {
      long scales = scales();
      Tensor x_NSE = x_NC.reshape(x_NC.size(0), scales, x_NC.size(1) / scales);
      return floats(isSearch() ? searched(x_NSE) : extremes(x_NSE));
    }
  }

  private int scales() {
    return args.strategy() instanceof Strategy.Head ? heads : 1;
  }

  private boolean isSearch() {
    return args.observer().name().endsWith("mse");
  }

  private static Range.Ends extremes(Tensor x_NSE) {
    long[] others = {0, 2};
    return new Range.Ends(x_NSE.amin(others, false), x_NSE.amax(others, false));
  }

  private Range.Ends searched(Tensor x_NSE) {
    Tensor grouped_SM = x_NSE.transpose(0, 1).reshape(x_NSE.size(1), -1);
    GridSearch search = GridSearch.of(args, Importance.EQUAL);
    return search.find(grouped_SM, search.survey(grouped_SM));
  }

  private static float[] floats(Range.Ends ends) {
    float[] lower = Tensors.floats(Tensors.to(ends.min(), DType.F32));
    float[] upper = Tensors.floats(Tensors.to(ends.max(), DType.F32));
    float[] both = new float[lower.length + upper.length];
    System.arraycopy(lower, 0, both, 0, lower.length);
    System.arraycopy(upper, 0, both, lower.length, upper.length);
    return both;
  }

  /** How many numbers a range takes. */
  public int width() {
    return 2 * scales();
  }

  /** The range that covers both; NaN is handed on. */
  public static float[] widest(float[] one, float[] other) {
    float[] widest = new float[one.length];
    for (int i = 0; i < one.length; i++) {
      widest[i] = i < one.length / 2 ? Math.min(one[i], other[i]) : Math.max(one[i], other[i]);
    }
    return widest;
  }

  /**
   * The parameters, by what they are called behind the name of the activation, from the ranges of
   * micro-batches in their order. Lies in the innermost scope.
   *
   * @param dtype the type of the activation, in which all is computed
   */
  public Map<String, Tensor> parameters(List<float[]> ranges, DType dtype) {
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("No micro-batch was seen, and so there is no range");
    }
    try (Scope scope = Scope.open()) {
      Range.Ends ends = folded(ranges, dtype);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      if (args.dynamic() == Dynamic.LOCAL) {
        tensors.put(GLOBAL_SCALE, scope.keep(Scales.global(args, ends.extremes(), dtype)));
        return tensors;
      }
      QuantizationParameters found = Scales.of(args, ends, java.util.Optional.empty());
      long[] shape = shape().toArray();
      tensors.put(SCALE, scope.keep(found.scale_RG().reshape(shape)));
      found
          .zeroPoint_RG()
          .ifPresent(
              zero ->
                  tensors.put(ZERO_POINT, scope.keep(Tensors.to(zero, DType.I8).reshape(shape))));
      return tensors;
    }
  }

  /**
   * The extremes of all, the last, or a moving average: r = (1 - c) r + c r', where c is the
   * observer's averaging constant.
   */
  private Range.Ends folded(List<float[]> ranges, DType dtype) {
    String name = args.observer().name();
    if (!isOrdered()) {
      return ends(ranges.stream().reduce(ActivationObserver::widest).orElseThrow(), dtype);
    }
    Range.Ends last = ends(ranges.get(ranges.size() - 1), dtype);
    if (name.startsWith("memoryless")) {
      return last;
    }
    double constant =
        args.observer().settings().member(AVERAGING).orElse(null) instanceof Json.Num number
            ? number.asDouble()
            : USUAL_AVERAGING;
    Range.Ends mean = ends(ranges.get(0), dtype);
    for (float[] range : ranges.subList(1, ranges.size())) {
      Range.Ends next = ends(range, dtype);
      mean =
          new Range.Ends(
              averaged(mean.min(), next.min(), constant),
              averaged(mean.max(), next.max(), constant));
    }
    return mean;
  }

  private static Tensor averaged(Tensor old, Tensor next, double constant) {
    return old.mul(new Scalar(1 - constant)).add(next.mul(new Scalar(constant)));
  }

  private static Range.Ends ends(float[] range, DType dtype) {
    int scales = range.length / 2;
    Tensor all = Tensors.to(Tensors.of(range, 2, scales), dtype);
    return new Range.Ends(all.select(0, 0), all.select(0, 1));
  }

  private Shape shape() {
    return args.strategy() instanceof Strategy.Head ? Shape.of(heads, 1, 1) : Shape.of(1);
  }

  /** The tensors that parameters of an activation of that type are stored in. */
  public List<Part> parts(DType dtype) {
    if (args.dynamic() == Dynamic.LOCAL) {
      return List.of(new Part(GLOBAL_SCALE, DType.F32, Shape.of(1)));
    }
    Part scale = new Part(SCALE, dtype, shape());
    return args.symmetric()
        ? List.of(scale)
        : List.of(scale, new Part(ZERO_POINT, DType.I8, shape()));
  }
}
