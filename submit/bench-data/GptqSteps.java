/* SPDX-License-Identifier: Apache-2.0 */
import dev.sinter.modifier.ModuleWeight;
import dev.sinter.modifier.Solver;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.Quantizer;
import dev.sinter.recipe.Recipes;
import dev.sinter.statistic.GramMatrix;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import dev.sinter.tensor.Torch;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Prints how many milliseconds of one processor the steps of GPTQ take for weights of given rows and
 * columns, the best of some rounds, on one thread (its own time, so that other work on the machine counts less): the Gram matrix of 4096 tokens in bf16 and in fp32, the factor of
 * its inverse, and the rounding of a weight in a scheme.
 */
final class GptqSteps {
  private static final int TOKENS = 4096;
  private static final int SEQUENCES = 8;
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  private final int rounds;
  private final String scheme;

  private GptqSteps(int rounds, String scheme) {
    this.rounds = rounds;
    this.scheme = scheme;
  }

  /** Takes rounds, a scheme, and sizes such as 4096x4096. */
  public static void main(String[] args) {
    GptqSteps steps = new GptqSteps(Integer.parseInt(args[0]), args[1]);
    System.out.println("rows x columns  gram bf16  gram fp32  factor  round  (ms, " + args[1] + ")");
    for (int i = 2; i < args.length; i++) {
      String[] size = args[i].split("x");
      steps.measure(Long.parseLong(size[0]), Long.parseLong(size[1]));
    }
  }

  private void measure(long rows, long columns) {
    Torch.useThreads(1);
    try (Scope scope = Scope.open()) {
      torch.manual_seed(1);
      // Channels that depend on each other and differ in size, as those of a model do.
      Tensor mixed_NC =
          torch.randn(TOKENS, columns / 4).matmul(torch.randn(columns / 4, columns));
      Tensor x_NC = mixed_NC.add_(torch.randn(TOKENS, columns)).mul_(torch.randn(columns).exp());
      Tensor bf16_NC = Tensors.to(x_NC, DType.BF16);
      Tensor exact_NC = Tensors.to(bf16_NC, DType.F32);
      Tensor weight_RC = Tensors.to(torch.randn(rows, columns), DType.BF16);
      QuantizationArgs args = Presets.named(scheme).weights();
      Solver solver = solver();
      try (GramMatrix gram = new GramMatrix(columns)) {
        double bf16 = best(() -> gram.observe(bf16_NC, SEQUENCES));
        double fp32 = best(() -> gram.observe(exact_NC, SEQUENCES));
        double factor = best(() -> solver.prepare(Map.of(StatisticType.GRAM, gram)));
        Solver.Prepared prepared = solver.prepare(Map.of(StatisticType.GRAM, gram));
        ModuleWeight weight =
            new ModuleWeight("m", weight_RC, args, new Quantizer(args).survey(weight_RC));
        double round = best(() -> prepared.solve(weight));
        System.out.printf(
            Locale.ROOT,
            "%-14s  %9.0f  %9.0f  %6.0f  %5.0f%n",
            rows + " x " + columns,
            bf16,
            fp32,
            factor,
            round);
      }
    }
  }

  private Solver solver() {
    String recipe = "modifiers: {GPTQModifier: {scheme: " + scheme + "}}";
    return Recipes.parse("bench.yaml", recipe).modifiers().get(0).solver().orElseThrow();
  }

  private double best(Runnable step) {
    double best = Double.MAX_VALUE;
    for (int i = 0; i < rounds; i++) {
      try (Scope scope = Scope.open()) {
        long start = CLOCK.getCurrentThreadCpuTime();
        step.run();
        best = Math.min(best, (CLOCK.getCurrentThreadCpuTime() - start) / 1e6);
      }
    }
    return best;
  }
}
