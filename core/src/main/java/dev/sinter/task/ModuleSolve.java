/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.TensorReader;
import dev.sinter.modifier.ModuleWeight;
import dev.sinter.modifier.Solution;
import dev.sinter.modifier.Solver;
import dev.sinter.plan.ModulePlan;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.Quantizer;
import dev.sinter.quantization.Quantizer.Coupling;
import dev.sinter.quantization.Survey;
import dev.sinter.task.SolvedUnit.ModuleFigures;
import dev.sinter.tensor.Holding;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.weight.WeightSource;
import java.io.IOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Solves modules in blocks of rows that stay in a core's cache through all passes, and hands over
 * the tensors of each block. A weight whose rows are coupled is surveyed before. For one task.
 */
final class ModuleSolve {
  private static final long CACHE_BLOCK = 1L << 20;

  /** The figure that counts scales which are no numbers: the weight held NaN or infinity. */
  static final String NON_FINITE_SCALES = "non_finite_scales";

  private final TensorReader reader;
  private final Map<Surveyed, Survey> surveys = new HashMap<>();

  /** What a survey is of: a weight, as its settings look at it. */
  private record Surveyed(WeightSource weight, QuantizationArgs args) {}

  ModuleSolve(TensorReader reader) {
    this.reader = reader;
  }

  /** Takes the tensors of a block of rows; they live as long as the call. */
  @FunctionalInterface
  interface BlockSink {
    void accept(Map<String, Tensor> tensors) throws IOException;
  }

  /** Takes the rows of a block; they live as long as the call. */
  @FunctionalInterface
  private interface RowSink {
    void accept(Tensor weight_RC) throws IOException;
  }

  ModuleFigures solve(ModulePlan module, Solver.Prepared solver, BlockSink sink)
      throws IOException {
    QuantizationArgs args = module.scheme().weights();
    Coupling coupling = module.solver().coupling(args);
    Survey survey = survey(module, coupling);
    CRC32C checksum = new CRC32C();
    Map<String, Double> figures = new LinkedHashMap<>();
    blocks(
        module.weight(),
        args,
        coupling,
        weight_RC -> {
          Solution solution =
              solver.solve(new ModuleWeight(module.module(), weight_RC, args, survey));
          Tensors.pieces(weight_RC, (offset, piece) -> checksum.update(piece));
          solution.figures().forEach((name, value) -> figures.merge(name, value, Double::sum));
          Tensor scale_RG = solution.weight().parameters().scale_RG();
          double broken = scale_RG.numel() - scale_RG.isfinite().sum().item_long();
          figures.merge(NON_FINITE_SCALES, broken, Double::sum);
          sink.accept(module.format().compress(solution.weight(), module.weight().shape(), args));
        });
    return new ModuleFigures(
        module.module(), HexFormat.of().toHexDigits((int) checksum.getValue()), figures);
  }

  /** The weight that clients decode from what a module is solved to; in the innermost scope. */
  Tensor decoded(ModulePlan module, Solver.Prepared solver) throws IOException {
    QuantizationArgs args = module.scheme().weights();
    Coupling coupling = module.solver().coupling(args);
    Survey survey = survey(module, coupling);
    Quantizer quantizer = new Quantizer(args);
    try (Holding holding = new Holding();
        Scope scope = Scope.open()) {
      TensorVector blocks = new TensorVector();
      blocks(
          module.weight(),
          args,
          coupling,
          weight_RC -> {
            ModuleWeight block = new ModuleWeight(module.module(), weight_RC, args, survey);
            blocks.push_back(holding.hold(quantizer.decode(solver.solve(block).weight())));
          });
      return scope.keep(torch.cat(blocks, 0));
    }
  }

  /** What must be known of a weight, and of those that share its global scale. */
  private Survey survey(ModulePlan module, Coupling coupling) throws IOException {
    Quantizer quantizer = new Quantizer(module.scheme().weights());
    if (quantizer.coupling() == Coupling.NONE) {
      return Survey.EMPTY;
    }
    Survey survey = survey(module.weight(), module.scheme().weights(), coupling);
    if (quantizer.hasGlobalScale()) {
      for (WeightSource other : module.sharing()) {
        survey = survey.mergeExtremes(survey(other, module.scheme().weights(), coupling));
      }
    }
    return survey;
  }

  private Survey survey(WeightSource weight, QuantizationArgs args, Coupling coupling)
      throws IOException {
    Survey known = surveys.get(new Surveyed(weight, args));
    if (known == null) {
      Quantizer quantizer = new Quantizer(args);
      Survey[] merged = {Survey.EMPTY};
      blocks(
          weight,
          args,
          coupling,
          weight_RC -> merged[0] = merged[0].merge(quantizer.survey(weight_RC)));
      known = merged[0];
      surveys.put(new Surveyed(weight, args), known);
    }
    return known;
  }

  private void blocks(WeightSource weight, QuantizationArgs args, Coupling coupling, RowSink sink)
      throws IOException {
    long step = blockRows(weight, args, coupling);
    for (long row = 0; row < weight.rows(); row += step) {
      try (Scope scope = Scope.open()) {
        sink.accept(weight.rows(reader, row, Math.min(step, weight.rows() - row)));
      }
    }
  }

  private static long blockRows(WeightSource weight, QuantizationArgs args, Coupling coupling) {
    if (coupling == Coupling.WHOLE) {
      return Math.max(1, weight.rows());
    }
    return blockRows(
        weight, leastCommonMultiple(CompressionFormat.rowBlock(args), weight.rowBlock()));
  }

  /** The rows of a block of about the right size, a multiple of so many rows. */
  static long blockRows(WeightSource weight, long multiple) {
    long bytesOfRow = Math.max(1, weight.bytes() / Math.max(1, weight.rows()));
    return Math.max(1, CACHE_BLOCK / bytesOfRow / multiple) * multiple;
  }

  private static long leastCommonMultiple(long a, long b) {
    long x = a;
    long y = b;
    while (y != 0) {
      long rest = x % y;
      x = y;
      y = rest;
    }
    return a / x * b;
  }
}
