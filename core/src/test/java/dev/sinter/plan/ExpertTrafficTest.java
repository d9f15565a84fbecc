/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.ExpertBranch;
import dev.sinter.graph.Op;
import dev.sinter.graph.Partitioner;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.statistic.StatisticType;
import dev.sinter.testing.GoldenModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tokens travel, or the statistics: whichever is smaller. */
class ExpertTrafficTest {
  /** Eight experts, three a token; hidden 64, each expert's intermediate 32. */
  private static final Subgraph LAYER =
      Partitioner.layers(GoldenModel.named("qwen3_moe-bf16").graph()).get(1);

  private static Map<Value, List<StatisticType>> inputs(StatisticType type) {
    Map<Value, List<StatisticType>> inputs = new LinkedHashMap<>();
    LAYER.nodes().stream()
        .filter(node -> node.op() instanceof Op.Linear)
        .forEach(node -> inputs.put(node.inputs().get(0), List.of(type)));
    return inputs;
  }

  private static List<ExpertBranch> moved(long tokens, int slices, StatisticType type) {
    return new ExpertTraffic(tokens, slices).moved(LAYER, inputs(type));
  }

  @Test
  void gramMatricesAreHeldAgainstTheTokensOfAnExpert() {
    List<ExpertBranch> branches = moved(0, 1, StatisticType.GRAM);
    assertThat(branches).hasSize(8);
    long hidden = branches.get(0).tokens().channels();
    long intermediate = branches.get(0).nodes().outputs().get(1).channels();
    // Both Gram matrices of each slice are one tile; an expert has three eighths of the tokens.
    double tiles = 4.0 * (hidden * hidden + intermediate * intermediate);
    long tokens = (long) Math.ceil(tiles / (hidden * 3 / 8.0));

    assertThat(moved(tokens - 1, 4, StatisticType.GRAM)).hasSize(8);
    assertThat(moved(tokens, 4, StatisticType.GRAM)).isEmpty();
    assertThat(moved(tokens, 5, StatisticType.GRAM)).hasSize(8);
  }

  @Test
  void smallStatisticsAlwaysTravelThemselves() {
    assertThat(moved(1000, 16, StatisticType.MAGNITUDE)).isEmpty();
  }

  @Test
  void branchIsWhatIsMadeOfTheTokensAloneUpToTheLastThatIsWanted() {
    assertThat(moved(0, 1, StatisticType.GRAM))
        .allSatisfy(
            branch -> {
              assertThat(branch.share()).isEqualTo(3 / 8.0);
              assertThat(branch.nodes().inputs()).containsExactly(branch.tokens());
              assertThat(branch.nodes().nodes())
                  .extracting(node -> node.op() instanceof Op.Linear)
                  .as("gate, its activation, up, and their product")
                  .containsExactlyInAnyOrder(true, false, true, false);
            });
    assertThat(moved(0, 1, StatisticType.GRAM))
        .extracting(branch -> branch.nodes().name())
        .contains(LAYER.name() + ", expert 0", LAYER.name() + ", expert 7");
  }
}
