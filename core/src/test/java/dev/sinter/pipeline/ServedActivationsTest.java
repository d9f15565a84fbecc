/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.SafetensorsLayout;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.forward.EvaluationRequest;
import dev.sinter.forward.HiddenStates;
import dev.sinter.graph.Subgraph;
import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipes;
import dev.sinter.session.CalibrationEngine;
import dev.sinter.session.Effort;
import dev.sinter.session.ProgressListener;
import dev.sinter.task.ActivationBlock;
import dev.sinter.task.ActivationFile;
import dev.sinter.task.RunContext;
import dev.sinter.task.SolvedModule;
import dev.sinter.task.SweepTask;
import dev.sinter.task.Task;
import dev.sinter.task.TokenSlice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.InProcessEngine;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TensorFolder;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With activation errors propagated, what a layer is calibrated on is what the layers before it put
 * out once the result is written and run.
 */
class ServedActivationsTest {
  private static final Settings SERVED =
      Settings.DEFAULT
          .withSlices(8, 4)
          .withTraversal(Traversal.USUAL.with(ErrorPropagation.AS_SERVED))
          .withCheckpointInterval(1);

  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QuantizationModifier: {ignore: [lm_head], scheme: FP8}",
        "QuantizationModifier: {ignore: [lm_head], scheme: NVFP4}",
        "QuantizationModifier: {ignore: [lm_head], scheme: FP8, kv_cache_scheme: {num_bits: 8,"
            + " type: float, strategy: attn_head}}",
        "QuantizationModifier: {config_groups: {attention: {targets: [LlamaAttention],"
            + " input_activations: {num_bits: 8, symmetric: false, strategy: attn_head}}}}",
        "GPTQModifier: {ignore: [lm_head, 're:.*mlp.*'], scheme: W8A8}\n"
            + "- QuantizationModifier: {targets: ['re:.*mlp.*_proj'], scheme: W4A16_ASYM}",
        "SmoothQuantModifier: {smoothing_strength: 0.8}\n"
            + "- GPTQModifier: {ignore: [lm_head], scheme: W8A8}",
        "QuantizationModifier: {ignore: [lm_head], config_groups: {all: {targets: [Linear],"
            + " weights: {num_bits: 8, observer: mse}, input_activations: {num_bits: 8, symmetric:"
            + " false}, output_activations: {num_bits: 8}}}}"
      })
  void areThoseOfTheWrittenCheckpoint(String modifiers) throws IOException {
    Path output = temp.resolve("out");
    List<float[]> seen = seen(request(TestData.tinyLlamaBf16(), output, modifiers, SERVED));

    float[] served = hidden(output, "hidden_1");

    // Before the first layer, and before the second.
    assertThat(seen).hasSize(2);
    assertThat(seen.get(1)).isEqualTo(served);
    assertThat(hidden(TestData.tinyLlamaBf16(), "hidden_1")).isNotEqualTo(served);
  }

  @Test
  void expertsWithoutTokensAreRunByTheScalesThatTheyGet() throws IOException {
    Path output = temp.resolve("out");
    Path model = GoldenModel.named("qwen3_moe-fp32").folder();
    List<int[]> one = List.of(new int[] {7});
    OneshotRequest request =
        request(model, output, "QuantizationModifier: {ignore: [lm_head], scheme: FP8}", SERVED);

    List<float[]> seen = seen(with(request, one));

    assertThat(seen.get(1)).isEqualTo(hidden(output, "hidden_1", one));
  }

  @Test
  void laterLayersAreCalibratedOnThem() throws IOException {
    String modifiers = "QuantizationModifier: {ignore: [lm_head], scheme: FP8}";
    Path model = TestData.tinyLlamaBf16();
    Settings usual = SERVED.withTraversal(Traversal.USUAL);
    Runs.run(request(model, temp.resolve("usual"), modifiers, usual));
    Runs.run(request(model, temp.resolve("served"), modifiers, SERVED));

    TensorFolder dense = new TensorFolder(temp.resolve("usual"));
    TensorFolder served = new TensorFolder(temp.resolve("served"));

    String first = "model.layers.0.mlp.down_proj.input_scale";
    String second = "model.layers.1.mlp.down_proj.input_scale";
    assertThat(served.floats(first)).isEqualTo(dense.floats(first));
    assertThat(served.floats(second)).isNotEqualTo(dense.floats(second));
  }

  @Test
  void aRunThatWasStoppedDoesNotGoOnWithoutThem() throws IOException {
    String modifiers = "QuantizationModifier: {ignore: [lm_head], scheme: FP8}";
    Path model = TestData.tinyLlamaBf16();
    Runs.run(request(model, temp.resolve("out"), modifiers, SERVED));

    assertThatThrownBy(
            () ->
                Runs.run(
                    request(
                        model,
                        temp.resolve("out"),
                        modifiers,
                        SERVED.withTraversal(Traversal.USUAL))))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("--propagate-activation-error: there true, asked for false");
  }

  @Test
  void pipelinesThatPropagateNothingRefuseThem() {
    assertThatThrownBy(() -> Traversal.USUAL.with(ErrorPropagation.AS_SERVED).with(Pipeline.BASIC))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "--propagate-activation-error calibrates layers on what clients compute with those"
                + " before them, and --pipeline basic on what dense ones put out. Leave one of them"
                + " out");
  }

  private OneshotRequest request(Path model, Path output, String modifiers, Settings settings) {
    return new OneshotRequest(
        model.toString(),
        output.toString(),
        temp.resolve("work").toString(),
        Recipes.parse("test.yaml", "modifiers:\n- " + modifiers + "\n"),
        Optional.of(TestData.calibration()),
        settings);
  }

  private static OneshotRequest with(OneshotRequest request, List<int[]> samples) {
    return new OneshotRequest(
        request.model(),
        request.output(),
        request.workspace(),
        request.recipe(),
        Optional.of(TestData.samples(samples)),
        request.settings());
  }

  /** What each subgraph but the first was calibrated on. */
  private static List<float[]> seen(OneshotRequest request) throws IOException {
    Watching engine = new Watching();
    Oneshot.run(request, () -> engine, ProgressListener.none());
    return engine.seen;
  }

  private float[] hidden(Path model, String tensor) throws IOException {
    return hidden(model, tensor, TestData.calibration().samples());
  }

  /** What a checkpoint computes when it is run. */
  private float[] hidden(Path model, String tensor, List<int[]> samples) throws IOException {
    Path folder = temp.resolve(model.getFileName() + "-states");
    long[] ids = samples.stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
    TensorSpec spec =
        new TensorSpec("input_ids", DType.I64, Shape.of(samples.size(), samples.get(0).length));
    String name = model.getFileName() + "-ids.safetensors";
    try (Scope scope = Scope.open();
        TensorWriter writer =
            new TensorWriter(
                FileStores.at(temp.toString()), name, SafetensorsLayout.of(List.of(spec)))) {
      writer.write(spec, Tensors.of(ids, spec.shape().toArray()));
      writer.commit();
    }
    HiddenStates.run(
        new HiddenStates.Request(
            model.toString(),
            temp.resolve(name).toString(),
            folder.resolve("states.safetensors").toString(),
            temp.resolve("run").toString(),
            new EvaluationRequest.Settings(Optional.empty(), 8, 4, 1)),
        InProcessEngine::new,
        ProgressListener.none());
    return new TensorFolder(folder).floats(tensor);
  }

  /** Keeps a copy of what each subgraph is given. */
  private static final class Watching implements CalibrationEngine {
    private final CalibrationEngine engine = new InProcessEngine();
    private final List<float[]> seen = new ArrayList<>();

    @Override
    public List<String> checkpointActivations(RunContext run) {
      List<String> files = engine.checkpointActivations(run);
      try (Scope scope = Scope.open()) {
        List<Tensor> parts = new ArrayList<>();
        for (String file : files) {
          ActivationFile.read(run, file)
              .forEachRemaining(
                  block -> {
                    List<Tensor> tensors = ActivationBlock.decode(block).tensors();
                    parts.add(tensors.get(tensors.size() - 1));
                  });
        }
        Tensor whole = torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), 0);
        seen.add(Tensors.floats(whole));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return files;
    }

    @Override
    public void begin(RunContext run, List<TokenSlice> slices) {
      engine.begin(run, slices);
    }

    @Override
    public Sweep sweep(SweepTask task, Onward onward) {
      return engine.sweep(task, onward);
    }

    @Override
    public Effort effort() {
      return engine.effort();
    }

    @Override
    public int slots() {
      return engine.slots();
    }

    @Override
    public void advance(RunContext run, Subgraph subgraph, List<SolvedModule> solved) {
      engine.advance(run, subgraph, solved);
    }

    @Override
    public void restoreActivations(RunContext run, List<String> files) {
      engine.restoreActivations(run, files);
    }

    @Override
    public void settle(String what) {
      engine.settle(what);
    }

    @Override
    public <R extends Serializable> void run(
        String what,
        RunContext run,
        List<? extends Task<R>> tasks,
        Class<R> result,
        Consumer<? super R> done) {
      engine.run(what, run, tasks, result, done);
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
