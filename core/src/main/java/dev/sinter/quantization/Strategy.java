/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import java.io.Serializable;

/** What shares one scale. The names are those of compressed-tensors. */
public sealed interface Strategy extends Serializable {

  /** The name in config.json and in recipes. */
  String jsonName();

  /** The whole tensor. */
  record Tensor() implements Strategy {
    @Override
    public String jsonName() {
      return "tensor";
    }
  }

  /** Each row of a weight. */
  record Channel() implements Strategy {
    @Override
    public String jsonName() {
      return "channel";
    }
  }

  /** So many columns of each row. */
  record Group(int columns) implements Strategy {
    public Group {
      requirePositive(columns, "group_size");
    }

    @Override
    public String jsonName() {
      return "group";
    }
  }

  /** Groups whose scales are small floats, relative to one scale of the whole tensor. */
  record TensorGroup(int columns) implements Strategy {
    public TensorGroup {
      requirePositive(columns, "group_size");
    }

    @Override
    public String jsonName() {
      return "tensor_group";
    }
  }

  /** Rectangles of a weight; those at its edges may be smaller. */
  record Block(int rows, int columns) implements Strategy {
    public Block {
      requirePositive(rows, "block_structure");
      requirePositive(columns, "block_structure");
    }

    @Override
    public String jsonName() {
      return "block";
    }
  }

  /** Each token of an input. */
  record Token() implements Strategy {
    @Override
    public String jsonName() {
      return "token";
    }
  }

  /** Each head of keys or values in a cache. */
  record Head() implements Strategy {
    @Override
    public String jsonName() {
      return "attn_head";
    }
  }

  private static void requirePositive(int size, String name) {
    if (size <= 0) {
      throw new IllegalArgumentException(name + " must be positive, not " + size);
    }
  }
}
