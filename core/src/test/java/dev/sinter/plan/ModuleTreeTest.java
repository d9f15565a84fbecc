/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.architecture.ModelConfig;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.testing.GoldenModel;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.ModuleClasses;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModuleTreeTest {
  /** The classes that recipes name. */
  private static final Set<String> NAMED =
      Set.of(ModuleInfo.LINEAR, ModuleInfo.EMBEDDING, ModuleInfo.CONV1D, ModuleInfo.ROUTER);

  private static void putIfNamed(Map<String, String> classes, ModuleInfo module) {
    if (NAMED.contains(module.className())) {
      classes.put(module.name(), module.className());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama-fp32",
        "mistral-fp32",
        "ministral-fp32",
        "qwen2-fp32",
        "qwen3-fp32",
        "gemma2-fp32",
        "gemma3-fp32",
        "granite-fp32",
        "olmo2-fp32",
        "olmo3-fp32",
        "phi3-fp32",
        "opt-fp32",
        "opt_narrow-fp32",
        "gemma-fp32",
        "phi-fp32",
        "smollm3-fp32",
        "seed_oss-fp32",
        "arcee-fp32",
        "gpt2-fp32",
        "gpt2_bare-fp32",
        "mixtral-fp32",
        "qwen2_moe-fp32",
        "qwen3_moe-fp32",
        "gpt_oss-fp32",
        "deepseek_v2-fp32",
        "deepseek_v3-fp32",
        "step3p5-fp32"
      })
  void graphHasTheModulesThatTheNamesTell(String model) {
    Checkpoint checkpoint = GoldenModel.named(model).checkpoint();
    CheckpointWeights weights = CheckpointWeights.of(checkpoint);
    ModuleClasses byName = new ModuleClasses(new ModelConfig(checkpoint.config()));
    Map<String, String> told = new TreeMap<>(Map.of("lm_head", ModuleInfo.LINEAR));
    weights.modules().keySet().forEach(name -> putIfNamed(told, byName.of(name)));

    ModuleTree tree = ModuleTree.of(checkpoint, weights);

    Map<String, String> traced = new TreeMap<>();
    tree.modules().forEach(module -> putIfNamed(traced, module));
    assertThat(traced).isEqualTo(told);
    assertThat(tree.graph()).isPresent();
    assertThat(tree.notices()).isEmpty();
  }
}
