/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.forward;

import dev.sinter.checkpoint.FileLocation;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.SafetensorsHeader;
import dev.sinter.checkpoint.SafetensorsLayout;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.graph.Op;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.session.CalibrationEngine;
import dev.sinter.session.Identity;
import dev.sinter.session.ProgressListener;
import dev.sinter.session.Workspace;
import dev.sinter.task.ActivationBlock;
import dev.sinter.task.ActivationFile;
import dev.sinter.task.RunContext;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Runs token ids through a model and writes what stands between its layers: {@code hidden_0} behind
 * the embedding, {@code hidden_i} behind layer i, the last behind the final norm, and the {@code
 * logits}, as Transformers names and shapes them.
 */
public final class HiddenStates {
  private static final String INPUT = "input_ids";
  private static final String LOGITS = "logits";

  private final RunnableModel model;
  private final Request request;
  private final ProgressListener progress;

  private HiddenStates(Request request, ProgressListener progress) throws IOException {
    this.request = request;
    this.progress = progress;
    this.model = RunnableModel.open(request.model(), request.settings().dtype());
  }

  /**
   * What is asked for.
   *
   * @param inputIds a safetensors file with a tensor input_ids [sequences, tokens]
   * @param output the safetensors file to write
   */
  public record Request(
      String model,
      String inputIds,
      String output,
      String workspace,
      EvaluationRequest.Settings settings) {}

  /** Runs the request; returns the names of the tensors that were written. */
  public static List<String> run(
      Request request, Supplier<CalibrationEngine> engine, ProgressListener progress)
      throws IOException {
    return new HiddenStates(request, progress).run(engine);
  }

  private List<String> run(Supplier<CalibrationEngine> engineSupplier) throws IOException {
    List<int[]> ids = read(request.inputIds());
    requireNewOutput();
    List<Subgraph> subgraphs = subgraphs();
    ParameterCheck.requireSamples(
        ids, model.graph(), model.config(), request.settings().batchSize(), subgraphs);
    FileStore store = FileStores.at(request.workspace()).folder("run-" + UUID.randomUUID());
    try (CalibrationEngine engine = engineSupplier.get()) {
      RunContext run =
          model.context(
              UUID.randomUUID().toString(),
              store.location(),
              request.settings().batchSize(),
              request.settings().threads());
      Workspace workspace =
          Workspace.open(
              store, new Identity(Json.object("run", run.runId())), store.location(), "");
      engine.begin(run, workspace.commitTokens(ids).slices(request.settings().slices()));
      return write(run, forward(engine, run, subgraphs), Shape.of(ids.size(), ids.get(0).length));
    } finally {
      store.deleteAll();
    }
  }

  private static List<int[]> read(String location) throws IOException {
    FileLocation file = FileLocation.of(location);
    if (file.folder().info(file.name()).isEmpty()) {
      throw new RequestException("--input-ids " + location + ": there is no such file");
    }
    List<TensorEntry> entries = SafetensorsHeader.read(file.folder(), file.name()).tensors();
    TensorEntry entry =
        entries.stream()
            .filter(found -> found.name().equals(INPUT))
            .filter(found -> found.spec().shape().rank() == 2)
            .filter(found -> List.of(DType.I64, DType.I32).contains(found.spec().dtype()))
            .findFirst()
            .orElseThrow(
                () ->
                    new RequestException(
                        "--input-ids "
                            + location
                            + ": there is no tensor "
                            + INPUT
                            + " [sequences, tokens] of 64 or 32 bit integers; there are "
                            + entries.stream().map(TensorEntry::spec).toList()));
    try (TensorReader reader = new TensorReader(file.folder());
        Scope scope = Scope.open()) {
      Tensor ids_BT = Tensors.to(reader.read(entry), DType.I64).contiguous();
      List<int[]> rows = new ArrayList<>();
      var values = Tensors.buffer(ids_BT).order(ByteOrder.nativeOrder()).asLongBuffer();
      for (long row = 0; row < ids_BT.size(0); row++) {
        int[] ids = new int[(int) ids_BT.size(1)];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = id(values.get(), location);
        }
        rows.add(ids);
      }
      if (ids_BT.numel() == 0) {
        throw new RequestException("--input-ids " + location + ": " + INPUT + " is empty");
      }
      return rows;
    }
  }

  private static int id(long value, String location) {
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new RequestException(
          "--input-ids " + location + ": " + value + " in " + INPUT + " is no token id");
    }
    return (int) value;
  }

  /** What is there already is never written over, a model least of all. */
  private void requireNewOutput() throws IOException {
    FileLocation output = FileLocation.of(request.output());
    if (output.folder().location().equals(model.checkpoint().store().location())) {
      throw new RequestException(
          "--output " + request.output() + " is in the model's own folder. Name another");
    }
    if (output.folder().info(output.name()).isPresent()) {
      throw new RequestException(
          "--output " + request.output() + " is there already. Name a new file");
    }
    FileStores.unwritable("--output", output.folder())
        .ifPresent(
            problem -> {
              throw new RequestException(problem);
            });
  }

  /** Where a tensor is, in parts: files of micro-batches, and which of a block's tensors it is. */
  private record Stored(List<String> files, int index, long channels) {}

  /** The model's subgraphs, of which the last also puts out what the head reads. */
  private List<Subgraph> subgraphs() {
    List<Subgraph> subgraphs = new ArrayList<>(model.subgraphs());
    Subgraph tail = subgraphs.remove(subgraphs.size() - 1);
    List<Value> outputs = List.of(headInput(tail), tail.outputs().get(0));
    subgraphs.add(new Subgraph(tail.name(), tail.nodes(), tail.inputs(), outputs));
    return subgraphs;
  }

  private Map<String, Stored> forward(
      CalibrationEngine engine, RunContext run, List<Subgraph> subgraphs) {
    Map<String, Stored> stored = new LinkedHashMap<>();
    progress.phase("run", subgraphs.size(), 0);
    int layers = subgraphs.size() - 2;
    for (int i = 0; i < layers; i++) {
      Subgraph subgraph = subgraphs.get(i);
      List<String> files = advance(engine, run, subgraph);
      int last = subgraph.outputs().size() - 1;
      stored.put("hidden_" + i, new Stored(files, last, subgraph.outputs().get(last).channels()));
    }
    // Behind the last layer Transformers shows the final norm's output, and not the layer's.
    advance(engine, run, subgraphs.get(layers));
    Subgraph tail = subgraphs.get(layers + 1);
    List<String> files = advance(engine, run, tail);
    stored.put("hidden_" + layers, new Stored(files, 0, tail.outputs().get(0).channels()));
    stored.put(LOGITS, new Stored(files, 1, tail.outputs().get(1).channels()));
    return stored;
  }

  private List<String> advance(CalibrationEngine engine, RunContext run, Subgraph subgraph) {
    engine.advance(run, subgraph, List.of());
    List<String> files = engine.checkpointActivations(run);
    progress.step(subgraph.name());
    return files;
  }

  /** What the head reads, which is the last linear module. */
  private static Value headInput(Subgraph tail) {
    return tail.nodes().stream()
        .filter(node -> node.op() instanceof Op.Linear)
        .reduce((node, later) -> later)
        .orElseThrow()
        .inputs()
        .get(0);
  }

  private List<String> write(RunContext run, Map<String, Stored> stored, Shape ids)
      throws IOException {
    List<TensorSpec> specs = new ArrayList<>();
    stored.forEach(
        (name, where) ->
            specs.add(
                new TensorSpec(
                    name,
                    model.dtype(),
                    Shape.of(ids.dimension(0), ids.dimension(1), where.channels()))));
    SafetensorsLayout layout = SafetensorsLayout.of(specs);
    FileLocation output = FileLocation.of(request.output());
    try (TensorWriter writer = new TensorWriter(output.folder(), output.name(), layout)) {
      for (TensorSpec spec : layout.tensors()) {
        writer.begin(spec);
        copy(run, stored.get(spec.name()), writer);
      }
      writer.commit();
    }
    return layout.tensors().stream().map(TensorSpec::name).toList();
  }

  private static void copy(RunContext run, Stored stored, TensorWriter writer) throws IOException {
    for (String file : stored.files()) {
      try (ActivationFile.Blocks blocks = ActivationFile.read(run, file)) {
        while (blocks.hasNext()) {
          try (Scope scope = Scope.open()) {
            ActivationBlock block = ActivationBlock.decode(blocks.next());
            ByteBuffer bytes = Tensors.buffer(block.tensors().get(stored.index()));
            writer.write(bytes);
          }
        }
      }
    }
  }
}
