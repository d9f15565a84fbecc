/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.tensor.DType;
import java.util.Optional;

/**
 * The form of a result.
 *
 * @param maxShardBytes the largest shard; if not given, shards are many enough to be written side
 *     by side
 * @param dtype the type of dense weights; as they are if not given
 * @param form whether codes are stored as such
 * @param ties whether a head that is the embedding remains it
 */
public record OutputSettings(
    Optional<Long> maxShardBytes, Optional<DType> dtype, Form form, Ties ties) {
  /** Shards for parallel work, types as they are, codes stored as such. */
  public static final OutputSettings DEFAULT =
      new OutputSettings(Optional.empty(), Optional.empty(), Form.COMPRESSED);

  private static final long PARALLEL_SHARDS = 16;
  private static final long SMALLEST = 128L << 20;
  private static final long LARGEST = 2L << 30;

  /** How quantized weights are stored. */
  public enum Form {
    /** As codes. */
    COMPRESSED,
    /** As what the codes stand for, with the parameters beside it. */
    DENSE
  }

  /** Whether a head and an embedding that are one stay one. */
  public enum Ties {
    /** They do unless either is quantized. */
    KEPT,
    /** The head gets a weight of its own, which is quantized like any other. */
    CUT
  }

  /** A head that is the embedding remains it. */
  public OutputSettings(Optional<Long> maxShardBytes, Optional<DType> dtype, Form form) {
    this(maxShardBytes, dtype, form, Ties.KEPT);
  }

  /** The same settings with ties kept or cut. */
  public OutputSettings withTies(Ties other) {
    return new OutputSettings(maxShardBytes, dtype, form, other);
  }

  /** The same settings with quantized weights stored in another form. */
  public OutputSettings withForm(Form other) {
    return new OutputSettings(maxShardBytes, dtype, other, ties);
  }

  /** The largest shard of an output of so many bytes; the cluster has no say in it. */
  long shardBytes(long outputBytes) {
    return maxShardBytes.orElseGet(
        () -> Math.min(LARGEST, Math.max(SMALLEST, outputBytes / PARALLEL_SHARDS)));
  }
}
