/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.awq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Smoother.Factors;
import dev.sinter.modifier.smoothing.SmoothedModel;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.statistic.GramMatrix;
import dev.sinter.statistic.MeanByChannel;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The factors by which llm-compressor divided norms are among those that are tried here. It judges
 * them by the output of the whole attention or MLP, so that its choice may be another.
 */
class AwqGoldenTest {
  @ParameterizedTest
  @CsvSource({
    "AWQ_W4A16_ASYM, ON, true, W4A16_ASYM",
    "AWQ_W4A16_both, BOTH, '\"both\"', W4A16",
    "AWQ_W4A16_plain, OFF, false, W4A16"
  })
  void factorsOfTheReferenceAreTried(String golden, DuoScaling duo, String setting, String scheme)
      throws IOException {
    Modifier modifier = SmoothedModel.modifier("AWQModifier", "\"duo_scaling\": " + setting);
    QuantizationArgs args = Presets.named(scheme).weights();
    List<String> norms = new ArrayList<>();
    List<Double> disagreements = new ArrayList<>();

    SmoothedModel.visit(
        modifier,
        args,
        (pair, norm_C, linears, seen) -> {
          norms.add(pair.producer());
          try (Scope scope = Scope.open()) {
            float[] mean = ((MeanByChannel) seen.get(StatisticType.MAGNITUDE)).mean_C();
            RoundedWeights weights = new RoundedWeights(linears);
            List<Tensor> tried =
                AwqSmoother.candidates(duo.grid(20), Tensors.of(mean, mean.length), weights);
            float[] before = Tensors.floats(norm_C);
            float[] after = SmoothedModel.reference(golden, pair.producer());
            int theirs = closest(tried, before, after);
            assertThat(difference(tried.get(theirs), before, after)).isLessThan(1e-5);

            OutputError error =
                new OutputError(
                    ((GramMatrix) seen.get(StatisticType.GRAM)).quadraticForm(), DType.F32);
            double lossOfTheirs =
                new BestFactors(weights, error)
                    .among(List.of(tried.get(theirs)))
                    .orElseThrow()
                    .loss();
            Factors ours = modifier.smoothing().orElseThrow().smoother().factors(linears, seen);
            assertThat(ours.figures().get("loss"))
                .isLessThanOrEqualTo(lossOfTheirs)
                .isLessThan(ours.figures().get("loss_before"));
            disagreements.add(lossOfTheirs / ours.figures().get("loss") - 1);
          }
        });

    assertThat(norms).hasSize(4);
    // What they chose is nearly as good by our measure.
    assertThat(disagreements).allSatisfy(part -> assertThat(part).isLessThan(0.2));
  }

  private static int closest(List<Tensor> tried, float[] before, float[] after) {
    int closest = 0;
    for (int i = 1; i < tried.size(); i++) {
      if (difference(tried.get(i), before, after) < difference(tried.get(closest), before, after)) {
        closest = i;
      }
    }
    return closest;
  }

  /** The largest relative difference of a norm divided by factors to the reference's. */
  private static double difference(Tensor factor_C, float[] before, float[] after) {
    float[] factor = Tensors.floats(factor_C);
    double largest = 0;
    for (int i = 0; i < factor.length; i++) {
      largest = Math.max(largest, Math.abs(before[i] / factor[i] / after[i] - 1));
    }
    return largest;
  }
}
