/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.graph.Sequences;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The samples of one slice: where each one's token ids lie in the workspace. */
public record TokenSlice(int index, List<TensorEntry> samples) implements Serializable {
  public TokenSlice {
    samples = List.copyOf(samples);
  }

  /** How many tokens it has. */
  public long length() {
    return samples.stream().mapToLong(sample -> sample.spec().shape().elements()).sum();
  }

  /**
   * The slice's micro-batches of token ids: samples in their order, as many at a time as the run
   * says, whatever their lengths.
   */
  public List<byte[]> blocks(RunContext run) throws IOException {
    run.enterTask();
    List<byte[]> blocks = new ArrayList<>();
    try (TensorReader reader = new TensorReader(FileStores.at(run.workspace()))) {
      for (int start = 0; start < samples.size(); start += run.batchSize()) {
        int end = Math.min(start + run.batchSize(), samples.size());
        blocks.add(block(reader, samples.subList(start, end)));
      }
    }
    return blocks;
  }

  /** The token ids of each sample. */
  List<long[]> tokens(RunContext run) throws IOException {
    List<long[]> tokens = new ArrayList<>();
    try (TensorReader reader = new TensorReader(FileStores.at(run.workspace()))) {
      for (TensorEntry sample : samples) {
        try (Scope scope = Scope.open()) {
          long[] ids = new long[(int) sample.spec().shape().elements()];
          Tensors.buffer(reader.read(sample))
              .order(ByteOrder.nativeOrder())
              .asLongBuffer()
              .get(ids);
          tokens.add(ids);
        }
      }
    }
    return tokens;
  }

  private static byte[] block(TensorReader reader, List<TensorEntry> batch) throws IOException {
    try (Scope scope = Scope.open()) {
      TensorVector ids = new TensorVector();
      List<Integer> lengths = new ArrayList<>();
      for (TensorEntry sample : batch) {
        ids.push_back(reader.read(sample));
        lengths.add(Math.toIntExact(sample.spec().shape().elements()));
      }
      return new ActivationBlock(new Sequences(lengths), List.of(torch.cat(ids, 0))).encode();
    }
  }
}
