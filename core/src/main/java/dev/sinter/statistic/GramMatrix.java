/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Holding;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * G = XᵀX over all tokens, in fp32 from exact inputs. Its parts are the tiles of the upper
 * triangle; what lies below the diagonal mirrors it, and is neither computed nor carried.
 */
public final class GramMatrix implements Statistic {
  /** A tile of 1024 x 1024 floats has 4 MiB: small for a shuffle, large for a copy. */
  private static final int TILE = 1024;

  /** Rows that are mirrored at a time. */
  private static final int PANEL = 256;

  private final Holding holding = new Holding();
  private final long channels;
  private final int tile;
  private final Tensor gram_CC;
  private long sequences;

  public GramMatrix(long channels) {
    this(channels, TILE);
  }

  GramMatrix(long channels, int tile) {
    this.channels = channels;
    this.tile = tile;
    try (Scope scope = Scope.open()) {
      this.gram_CC = holding.hold(Tensors.zeros(DType.F32, Shape.of(channels, channels)));
    }
  }

  @Override
  public void observe(Tensor x_NC, long count) {
    if (x_NC.size(0) == 0) {
      // An expert that no token of a micro-batch is routed to has seen none of its sequences.
      return;
    }
    try (Scope scope = Scope.open()) {
      addSquares(Tensors.to(x_NC, DType.F32).contiguous());
      sequences += count;
    }
  }

  /** G += XᵀX in the upper triangle alone: half the work of a product. */
  private void addSquares(Tensor x_NC) {
    int columns = Math.toIntExact(channels);
    int tokens = Math.toIntExact(x_NC.size(0));
    openblas.cblas_ssyrk(
        openblas.CblasRowMajor,
        openblas.CblasUpper,
        openblas.CblasTrans,
        columns,
        tokens,
        1,
        new FloatPointer(x_NC.data_ptr()),
        columns,
        1,
        new FloatPointer(gram_CC.data_ptr()),
        columns);
  }

  /** The numbers of all parts: those of the tiles on the diagonal and above it. */
  static long numbersOfParts(long channels) {
    long rest = channels % TILE;
    long onDiagonal = channels / TILE * TILE * TILE + rest * rest;
    return (channels * channels + onDiagonal) / 2;
  }

  @Override
  public Iterator<Part> parts() {
    List<TilePosition> positions = new ArrayList<>();
    for (int row = 0; row < tiles(); row++) {
      for (int column = row; column < tiles(); column++) {
        positions.add(new TilePosition(row, column));
      }
    }
    return positions.stream().map(position -> part(position.row, position.column)).iterator();
  }

  private record TilePosition(int row, int column) {}

  private Part part(int row, int column) {
    try (Scope scope = Scope.open()) {
      return new Part(row, column, sequences, Tensors.floats(tile(row, column)));
    }
  }

  @Override
  public void absorb(Part part) {
    if (!fits(part)) {
      throw new IllegalArgumentException(
          "A tile of "
              + part.values().length
              + " values does not fit at "
              + part.row()
              + ", "
              + part.column());
    }
    try (Scope scope = Scope.open()) {
      Tensor target = tile(part.row(), part.column());
      target.add_(Tensors.of(part.values(), target.shape()));
      // Every tile carries the count; the first stands for all.
      if (part.row() == 0 && part.column() == 0) {
        sequences += part.sequences();
      }
    }
  }

  private boolean fits(Part part) {
    return part.row() >= 0
        && part.row() <= part.column()
        && part.column() < tiles()
        && part.values().length == side(part.row()) * side(part.column());
  }

  private long tiles() {
    return (channels + tile - 1) / tile;
  }

  /** The rows of a tile, or its columns: the last may be short. */
  private long side(int index) {
    return Math.min(tile, channels - (long) index * tile);
  }

  private Tensor tile(int row, int column) {
    return gram_CC
        .narrow(0, (long) row * tile, side(row))
        .narrow(1, (long) column * tile, side(column));
  }

  /** The sums of squares of each channel, in the innermost scope. */
  public Tensor diagonal() {
    try (Scope scope = Scope.open()) {
      return scope.keep(gram_CC.diagonal().clone());
    }
  }

  /** The whole symmetric matrix, in the innermost scope. */
  public Tensor symmetric() {
    try (Scope scope = Scope.open()) {
      Tensor symmetric_CC = gram_CC.clone();
      for (long start = 0; start < channels; start += PANEL) {
        long height = Math.min(PANEL, channels - start);
        Tensor corner = symmetric_CC.narrow(0, start, height).narrow(1, start, height);
        corner.copy_(corner.triu().add(corner.triu(1).t()));
        long behind = start + height;
        symmetric_CC
            .narrow(0, behind, channels - behind)
            .narrow(1, start, height)
            .copy_(symmetric_CC.narrow(0, start, height).narrow(1, behind, channels - behind).t());
      }
      return scope.keep(symmetric_CC);
    }
  }

  /**
   * The upper triangular T with y T yᵀ = y G yᵀ for all y: half the products. In the innermost
   * scope.
   */
  public Tensor quadraticForm() {
    try (Scope scope = Scope.open()) {
      Tensor form_CC = gram_CC.triu(1).mul_(new Scalar(2));
      form_CC.diagonal().copy_(gram_CC.diagonal());
      return scope.keep(form_CC);
    }
  }

  /** The number of sequences seen. */
  public long sequences() {
    return sequences;
  }

  /** D G D, of the input X D. */
  @Override
  public void rescale(float[] factor_C) {
    try (Scope scope = Scope.open()) {
      Tensor diagonal_C = Tensors.of(factor_C, channels);
      gram_CC.mul_(diagonal_C).mul_(diagonal_C.unsqueeze(1));
    }
  }

  @Override
  public void close() {
    holding.close();
  }
}
