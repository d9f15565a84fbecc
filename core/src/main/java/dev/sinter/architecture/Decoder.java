/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;

/**
 * What all decoders have: an embedding, layers, a norm, and a head that may be the embedding.
 *
 * @param names what modules are called
 */
record Decoder(Names names, int vocabulary, int hidden, int layers, Head head) {
  static final String EMBEDDING = "embed_tokens";

  /** Whether the head has a weight of its own. */
  enum Head {
    OWN,
    TIED
  }

  /** A family's part of its model. */
  interface Body {
    /** Token ids to hidden states. */
    default Value embed(Tracer tracer, Decoder decoder, Value ids) {
      return tracer.embedding(EMBEDDING, ids, decoder.vocabulary, decoder.hidden);
    }

    Value layer(Tracer tracer, int index, Value x);

    /** What stands between the layers and the head. */
    Value norm(Tracer tracer, Value x);

    /** Whether the head has a bias. */
    default Bias headBias() {
      return Bias.ABSENT;
    }

    /** What becomes of the head's output. */
    default Value logits(Tracer tracer, Value y) {
      return y;
    }
  }

  /** The sizes of config.json under their usual names. */
  static Decoder of(ModelConfig config, Names names, Head usual) {
    return new Decoder(
        names,
        config.size("vocab_size"),
        config.size("hidden_size"),
        config.repeats("num_hidden_layers"),
        head(config, usual));
  }

  static Head head(ModelConfig config, Head usual) {
    return config.flag("tie_word_embeddings", usual == Head.TIED) ? Head.TIED : Head.OWN;
  }

  Graph trace(Body body) {
    Tracer tracer = new Tracer();
    Value ids = tracer.input();
    Value x;
    try (var model = tracer.module(names.root(), names.modelClass())) {
      x = body.embed(tracer, this, ids);
      for (int i = 0; i < layers; i++) {
        try (var layer = tracer.module(names.layers() + "." + i, names.layerClass())) {
          x = body.layer(tracer, i, x);
        }
      }
      x = body.norm(tracer, x);
    }
    Value logits = tracer.linear(names.head(), x, vocabulary, body.headBias());
    if (head == Head.TIED) {
      tracer.tie(names.head() + ".weight", names.embedding() + ".weight");
    }
    return tracer.finish(ids, body.logits(tracer, logits), names.layerClass());
  }
}
