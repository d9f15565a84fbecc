/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.SafetensorsHeader;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.checkpoint.WrittenFile;
import dev.sinter.modifier.Solver;
import dev.sinter.plan.ModulePlan;
import dev.sinter.task.SolvedUnit.ModuleFigures;
import dev.sinter.tensor.Holding;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.tensor.Torch;
import dev.sinter.weight.WeightSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * Writes a shard in one stream. A module is solved when the first of its tensors is due: that one
 * goes out block by block, and the others, which are small where the layout puts the codes first,
 * are held until they are due.
 */
final class ShardWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 4 << 20;

  private final RunContext run;
  private final ShardTask task;
  private final TensorReader checkpoint;
  private final TensorReader workspace;
  private final TensorWriter writer;
  private final ModuleSolve solve;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final Map<String, Held> held = new HashMap<>();
  private final Map<String, Map<String, TensorEntry>> headers = new HashMap<>();
  private final List<ModuleFigures> figures = new ArrayList<>();

  ShardWriter(RunContext run, ShardTask task) throws IOException {
    this.run = run;
    this.task = task;
    this.checkpoint = new TensorReader(run.checkpointStore());
    this.workspace = new TensorReader(run.solvedStore());
    this.solve = new ModuleSolve(checkpoint);
    this.writer = new TensorWriter(run.outputStore(), task.shard().file(), task.shard().layout());
  }

  SolvedUnit write() throws IOException {
    long start = System.nanoTime();
    for (TensorSpec spec : task.shard().layout().tensors()) {
      writer.begin(spec);
      write(spec);
    }
    WrittenFile file = writer.commit();
    double seconds = (System.nanoTime() - start) / 1e9;
    // Blocks are solved and written in turn, which is not told apart.
    return new SolvedUnit(
        file.name(),
        file,
        figures,
        List.of(),
        new SolvedUnit.Seconds(seconds, seconds),
        Torch.cpuCapability());
  }

  private void write(TensorSpec spec) throws IOException {
    if (held.containsKey(spec.name())) {
      try (Held parts = held.remove(spec.name())) {
        for (Tensor part : parts.tensors) {
          append(part);
        }
      }
      return;
    }
    ShardPiece piece = task.pieces().get(spec.name());
    if (piece instanceof ShardPiece.Copied copied) {
      checkpoint.copy(copied.from(), writer, buffer);
    } else if (piece instanceof ShardPiece.Solved solved) {
      workspace.copy(entries(solved.file()).get(spec.name()), writer, buffer);
    } else if (piece instanceof ShardPiece.SolvedAs solved) {
      workspace.copy(entries(solved.file()).get(solved.name()), writer, buffer);
    } else if (piece instanceof ShardPiece.Dense dense) {
      long broken = 0;
      for (WeightSource matrix : dense.matrices()) {
        broken += decode(matrix);
      }
      if (broken > 0) {
        Map<String, Double> found = Map.of(ModuleSolve.NON_FINITE_SCALES, (double) broken);
        figures.add(new ModuleFigures(spec.name(), "", found));
      }
    } else if (piece instanceof ShardPiece.SetRange set) {
      try (Scope scope = Scope.open()) {
        append(set.activation().setParameters().get(spec.name()));
      }
    } else if (piece instanceof ShardPiece.Solving solving) {
      solve(solving.module(), spec);
    } else {
      throw new IllegalStateException("Nothing is known of the tensor " + spec.name());
    }
  }

  private void solve(ModulePlan module, TensorSpec due) throws IOException {
    // What belongs to the whole weight comes with every block, and is taken once.
    Set<String> left = new HashSet<>();
    module.parts().stream()
        .filter(part -> part.rows().isWhole())
        .forEach(part -> left.add(part.suffix()));
    Set<String> whole = Set.copyOf(left);
    try (Scope scope = Scope.open()) {
      Solver.Prepared solver = module.solver().prepare(Map.of());
      figures.add(
          solve.solve(
              module,
              solver,
              tensors -> {
                for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
                  if (!whole.contains(tensor.getKey()) || left.remove(tensor.getKey())) {
                    take(module.module() + "." + tensor.getKey(), tensor.getValue(), due);
                  }
                }
              }));
    }
  }

  private void take(String name, Tensor tensor, TensorSpec due) throws IOException {
    if (name.equals(due.name())) {
      append(tensor);
    } else {
      held.computeIfAbsent(name, key -> new Held()).add(tensor);
    }
  }

  /** Writes a matrix, and counts what is no number in it. */
  private long decode(WeightSource matrix) throws IOException {
    long broken = 0;
    long step = ModuleSolve.blockRows(matrix, matrix.rowBlock());
    for (long row = 0; row < matrix.rows(); row += step) {
      try (Scope scope = Scope.open()) {
        Tensor block = matrix.rows(checkpoint, row, Math.min(step, matrix.rows() - row));
        broken += block.numel() - block.isfinite().sum().item_long();
        append(block);
      }
    }
    return broken;
  }

  private void append(Tensor tensor) throws IOException {
    Tensors.<IOException>pieces(tensor, (offset, piece) -> writer.write(piece));
  }

  private Map<String, TensorEntry> entries(String file) throws IOException {
    Map<String, TensorEntry> entries = headers.get(file);
    if (entries == null) {
      entries = new HashMap<>();
      for (TensorEntry entry : SafetensorsHeader.read(run.solvedStore(), file).tensors()) {
        entries.put(entry.name(), entry);
      }
      headers.put(file, entries);
    }
    return entries;
  }

  @Override
  public void close() throws IOException {
    held.values().forEach(Held::close);
    held.clear();
    try (writer;
        checkpoint;
        workspace) {
      buffer.clear();
    }
  }

  /** The blocks of a tensor that is not due yet. */
  private static final class Held implements AutoCloseable {
    private final Holding holding = new Holding();
    private final List<Tensor> tensors = new ArrayList<>();

    void add(Tensor tensor) {
      tensors.add(holding.hold(tensor));
    }

    @Override
    public void close() {
      holding.close();
    }
  }
}
