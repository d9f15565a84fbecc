/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import java.util.List;

/**
 * What the modules around a family's layers are called.
 *
 * @param root the module that holds the layers; empty if they stand by themselves
 * @param layers the name, within the root, of the list of layers
 * @param embedding the whole name of the token embedding
 * @param head the whole name of the head
 */
record Names(
    String root,
    String layers,
    String embedding,
    String head,
    String modelClass,
    String layerClass) {

  /** Names as most families have them, for classes that begin as given. */
  static Names of(String family) {
    return new Names(
        "model",
        "layers",
        "model." + Decoder.EMBEDDING,
        "lm_head",
        family + "Model",
        family + "DecoderLayer");
  }

  /**
   * The same, of the language model of a larger one: with the prefix under which a checkpoint holds
   * its embedding.
   */
  Names within(TraceOptions options) {
    List<String> roots = List.of("model", "language_model.model", "model.language_model");
    return roots.stream()
        .filter(path -> options.tensors().contains(path + "." + Decoder.EMBEDDING + ".weight"))
        .findFirst()
        .map(this::under)
        .orElse(this);
  }

  /**
   * The same where a checkpoint holds its embedding without a prefix, as one of a model that was
   * saved without its head does.
   */
  Names without(String prefix, TraceOptions options) {
    String bare = embedding.substring(prefix.length() + 1);
    String bareRoot = root.equals(prefix) ? "" : root.substring(prefix.length() + 1);
    return options.tensors().contains(bare + ".weight")
        ? new Names(bareRoot, layers, bare, head, modelClass, layerClass)
        : this;
  }

  private Names under(String path) {
    String headName = path.equals("language_model.model") ? "language_model.lm_head" : head;
    return new Names(
        path, layers, path + "." + Decoder.EMBEDDING, headName, modelClass, layerClass);
  }
}
