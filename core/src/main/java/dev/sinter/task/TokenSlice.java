/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.tensor.Scope;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The samples of one slice: where each one's token ids lie in the workspace. */
public record TokenSlice(int index, List<TensorEntry> samples) implements Serializable {
  public TokenSlice {
    samples = List.copyOf(samples);
  }

  /**
   * The slice's micro-batches of token ids, [sequences, tokens]: samples in their order, as many at
   * a time as the run says, those of one length together, so that none is cut or padded.
   */
  public List<byte[]> blocks(RunContext run) throws IOException {
    run.enterTask();
    List<byte[]> blocks = new ArrayList<>();
    try (TensorReader reader = new TensorReader(FileStores.at(run.workspace()))) {
      int start = 0;
      while (start < samples.size()) {
        int end = start + 1;
        while (end < samples.size()
            && end - start < run.batchSize()
            && length(end) == length(start)) {
          end++;
        }
        try (Scope scope = Scope.open()) {
          Tensor[] rows = new Tensor[end - start];
          for (int i = start; i < end; i++) {
            rows[i - start] = reader.read(samples.get(i));
          }
          blocks.add(ActivationBlock.encode(List.of(torch.stack(new TensorVector(rows), 0))));
        }
        start = end;
      }
    }
    return blocks;
  }

  private long length(int sample) {
    return samples.get(sample).spec().shape().elements();
  }
}
