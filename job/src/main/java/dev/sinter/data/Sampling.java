/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import java.util.Optional;

/**
 * How many samples are taken, in which order, and how they are made of rows.
 *
 * @param count how many, at most
 * @param maxLength where longer ones are cut; if not said, where the tokenizer says that the model
 *     ends
 * @param seed decides a shuffle
 */
public record Sampling(
    Order order, int count, Optional<Integer> maxLength, long seed, Packing packing) {

  /** In which order rows are considered. */
  public enum Order {
    /** By a hash of seed and content: a random choice that the data and the seed alone decide. */
    SHUFFLED,
    /** As they stand. */
    FILE
  }

  /** What a sample is made of. */
  public enum Packing {
    /** Each of a row. */
    ROWS,
    /** Each of as many tokens as the length says, wherever rows end; what is left is dropped. */
    BLOCKS
  }
}
