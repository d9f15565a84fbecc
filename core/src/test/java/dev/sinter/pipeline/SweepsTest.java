/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.recipe.Recipes;
import dev.sinter.session.CalibrationEngine;
import dev.sinter.session.ProgressListener;
import dev.sinter.testing.InProcessEngine;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often data runs through a model of two layers, and that what is saved is not lost. */
class SweepsTest {
  private static final String SMOOTHING = "SmoothQuantModifier: {smoothing_strength: 0.8}";
  private static final String GPTQ = "GPTQModifier: {scheme: W8A8, ignore: [lm_head]}";

  /** A cache whose range must be looked at behind smoothing. */
  private static final String GPTQ_AND_CACHE =
      "GPTQModifier: {scheme: W8A8, ignore: [lm_head], kv_cache_scheme: {num_bits: 8, type: float,"
          + " strategy: tensor, dynamic: false, symmetric: true}}";

  @TempDir private Path temp;

  /** Counts what the engine is asked for. */
  private Map<String, Integer> calls(String output, String... modifiers) throws IOException {
    Map<String, Integer> calls = new TreeMap<>();
    InProcessEngine engine = new InProcessEngine();
    CalibrationEngine counting =
        (CalibrationEngine)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {CalibrationEngine.class},
                (proxy, method, arguments) -> {
                  calls.merge(method.getName(), 1, Integer::sum);
                  try {
                    return method.invoke(engine, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    String recipe = "modifiers:\n- " + String.join("\n- ", modifiers) + "\n";
    OneshotRequest request =
        Runs.request(
            TestData.tinyLlamaFp32(),
            temp.resolve(output),
            Recipes.parse("test.yaml", recipe),
            Optional.of(TestData.calibration()));
    Oneshot.run(request, () -> counting, ProgressListener.none());
    calls.keySet().retainAll(java.util.Set.of("sweep", "advance"));
    return calls;
  }

  @Test
  void smoothingTakesNoSweepOfItsOwn() throws IOException {
    // The embedding is passed without a sweep.
    Map<String, Integer> alone = calls("alone", GPTQ);
    assertThat(calls("smoothed", SMOOTHING, GPTQ)).isEqualTo(alone);
    assertThat(alone.get("advance")).isEqualTo(alone.get("sweep"));
  }

  @Test
  void whatNothingRewritesIsPushedOnByTheSweep() throws IOException {
    Map<String, Integer> calls =
        calls("ranges", "QuantizationModifier: {scheme: FP8, ignore: [lm_head]}");
    assertThat(calls.get("advance")).as("through the embedding").isEqualTo(1);
  }

  @Test
  void whatFollowsInClosedFormIsWhatASecondSweepFinds() throws IOException {
    Map<String, Integer> once = calls("once", SMOOTHING, GPTQ);
    Map<String, Integer> twice = calls("twice", SMOOTHING, GPTQ_AND_CACHE);
    assertThat(twice.get("sweep")).isEqualTo(2 * once.get("sweep"));

    Map<String, TensorEntry> first = TestData.tensors(temp.resolve("once"));
    Map<String, TensorEntry> second = TestData.tensors(temp.resolve("twice"));
    long codes = 0;
    long equal = 0;
    for (TensorEntry entry : first.values()) {
      if (entry.name().endsWith("_proj.weight")) {
        byte[] one = TestData.bytes(temp.resolve("once"), entry);
        byte[] other = TestData.bytes(temp.resolve("twice"), second.get(entry.name()));
        for (int i = 0; i < one.length; i++) {
          codes++;
          equal += one[i] == other[i] ? 1 : 0;
        }
      }
    }
    assertThat((double) equal / codes).as("equal codes").isGreaterThan(0.995);
  }
}
