/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the rows of a micro-batch fall into sequences: they stand one behind the other, without
 * padding, and each has positions of its own.
 */
public record Sequences(List<Integer> lengths) implements Serializable {
  public Sequences {
    lengths = List.copyOf(lengths);
    for (int length : lengths) {
      if (length <= 0) {
        throw new IllegalArgumentException("A sequence has no tokens: " + lengths);
      }
    }
  }

  /** One sequence among the rows. */
  public record Sequence(long start, long length) {}

  public static Sequences of(int... lengths) {
    return new Sequences(Arrays.stream(lengths).boxed().toList());
  }

  public int count() {
    return lengths.size();
  }

  /** The rows of all sequences. */
  public long tokens() {
    return lengths.stream().mapToLong(Integer::longValue).sum();
  }

  /** The sequences in their order. */
  public List<Sequence> each() {
    List<Sequence> sequences = new ArrayList<>();
    long start = 0;
    for (int length : lengths) {
      sequences.add(new Sequence(start, length));
      start += length;
    }
    return sequences;
  }
}
