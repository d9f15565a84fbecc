/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** A parameter of a model as a dense tensor, from whatever it is stored in. */
public sealed interface ParameterSource extends Serializable {

  Shape shape();

  /** The shape of what it is stored in. */
  default Shape storedShape() {
    return shape();
  }

  /** The parameter, contiguous, in the innermost scope. */
  Tensor read(TensorReader reader) throws IOException;

  /**
   * It as one matrix; what has one dimension is a column. Empty if it is stored in several that lie
   * apart.
   */
  Optional<WeightSource> matrix();

  /** The parameter with changes that are made when it is read. */
  default ParameterSource rescaled(List<Rescaling> changes) {
    WeightSource matrix =
        matrix().orElseThrow(() -> new IllegalArgumentException("It is stored in parts"));
    return new Matrices(shape(), List.of(new RescaledWeight(matrix, changes)));
  }

  /** A tensor that is stored as it is. */
  record Plain(TensorEntry entry) implements ParameterSource {
    @Override
    public Shape shape() {
      return entry.spec().shape();
    }

    @Override
    public Tensor read(TensorReader reader) throws IOException {
      return reader.read(entry);
    }

    @Override
    public Optional<WeightSource> matrix() {
      long columns = shape().rank() < 2 ? 1 : shape().dimension(shape().rank() - 1);
      return Optional.of(StoredWeight.of(Lines.asMatrix(entry, columns)));
    }
  }

  /** A matrix whose rows are stored as columns. */
  record Transposed(ParameterSource stored) implements ParameterSource {
    @Override
    public Shape shape() {
      return Shape.of(storedShape().dimension(1), storedShape().dimension(0));
    }

    @Override
    public Shape storedShape() {
      return stored.shape();
    }

    @Override
    public Tensor read(TensorReader reader) throws IOException {
      try (Scope scope = Scope.open()) {
        return scope.keep(stored.read(reader).t().contiguous());
      }
    }

    @Override
    public Optional<WeightSource> matrix() {
      return stored.matrix().map(TransposedWeight::of);
    }
  }

  /** Matrices that are stored in codes or in stacks of experts, one below the other. */
  record Matrices(Shape shape, List<WeightSource> matrices) implements ParameterSource {
    public Matrices {
      matrices = List.copyOf(matrices);
    }

    @Override
    public Tensor read(TensorReader reader) throws IOException {
      try (Scope scope = Scope.open()) {
        Tensor[] parts = new Tensor[matrices.size()];
        for (int i = 0; i < parts.length; i++) {
          parts[i] = matrices.get(i).rows(reader, 0, matrices.get(i).rows());
        }
        Tensor whole = parts.length == 1 ? parts[0] : torch.cat(new TensorVector(parts), 0);
        return scope.keep(whole.view(shape.toArray()));
      }
    }

    @Override
    public Optional<WeightSource> matrix() {
      return matrices.size() == 1 ? Optional.of(matrices.get(0)) : Optional.empty();
    }
  }
}
