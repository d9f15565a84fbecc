/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.DType;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** A row of a table for each position, the first position's at an offset; reads the token ids. */
public record LearnedPositions(String module, long width, long offset) implements Op {
  @Override
  public Tensor apply(Frame frame, List<Tensor> inputs) {
    Tensor[] positions =
        frame.sequences().lengths().stream().map(this::rows).toArray(Tensor[]::new);
    return torch.embedding(frame.parameter(weight()), torch.cat(new TensorVector(positions), 0));
  }

  private Tensor rows(long length) {
    return torch.arange(
        new Scalar(offset), new Scalar(offset + length), new TensorOptions(DType.I64.scalarType()));
  }

  /** The name of the table. */
  String weight() {
    return module + ".weight";
  }

  @Override
  public long channels(List<Value> inputs) {
    return width;
  }

  @Override
  public List<String> parameters() {
    return List.of(weight());
  }
}
