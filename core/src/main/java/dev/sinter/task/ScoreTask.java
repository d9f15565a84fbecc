/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Sequences;
import dev.sinter.graph.Sequences.Sequence;
import dev.sinter.graph.Subgraph;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Scores the windows of a slice by a model, from the activations that enter its last subgraph, and
 * by a second one in comparison with it. Logits are made for a few tokens at a time, since a
 * vocabulary is wide, and are looked at in pieces that stay in a core's cache.
 *
 * @param slice the windows' token ids
 * @param models the model; behind it, if there is one, the candidate that is compared with it
 */
public record ScoreTask(TokenSlice slice, List<Model> models) implements Task<SliceScores> {
  /** How many logits are made at a time: 16 to 64 MiB. */
  private static final long LOGITS = 1L << 23;

  /** How many logits are looked at at a time. */
  private static final long PIECE = 1L << 19;

  public ScoreTask {
    models = List.copyOf(models);
    if (models.isEmpty() || models.size() > 2) {
      throw new IllegalArgumentException("A model and what it is compared with, not " + models);
    }
  }

  /** A model's last subgraph, and the file that holds its inputs for the slice. */
  public record Model(SubgraphTask tail, String activations) implements Serializable {}

  @Override
  public SliceScores run(RunContext run) throws IOException {
    run.enterTask();
    List<OpenModel> open = new ArrayList<>();
    try {
      for (Model model : models) {
        open.add(new OpenModel(run, model));
      }
      List<long[]> windows = slice.tokens(run);
      List<List<WindowScore>> scores = new ArrayList<>();
      int window = 0;
      while (window < windows.size()) {
        window = scoreBatch(open, windows, window, scores);
      }
      return new SliceScores(slice.index(), scores);
    } finally {
      for (OpenModel model : open) {
        model.close();
      }
    }
  }

  /** Scores the windows of each model's next micro-batch; returns the first window behind it. */
  private static int scoreBatch(
      List<OpenModel> models, List<long[]> windows, int first, List<List<WindowScore>> scores) {
    try (Scope scope = Scope.open()) {
      List<ActivationBlock> blocks = new ArrayList<>();
      for (OpenModel model : models) {
        blocks.add(ActivationBlock.decode(model.blocks.next()));
      }
      Sequences sequences = blocks.get(0).sequences();
      int window = first;
      for (Sequence sequence : sequences.each()) {
        scores.add(scoreWindow(models, blocks, sequence, windows.get(window)));
        window++;
      }
      return window;
    }
  }

  private static List<WindowScore> scoreWindow(
      List<OpenModel> models, List<ActivationBlock> blocks, Sequence sequence, long[] ids) {
    List<WindowScore> scores = new ArrayList<>();
    models.forEach(model -> scores.add(WindowScore.NONE));
    long step = Math.max(1, LOGITS / models.get(0).vocabulary());
    for (long start = 0; start < sequence.length(); start += step) {
      long count = Math.min(step, sequence.length() - start);
      try (Scope scope = Scope.open()) {
        List<Tensor> logits_NV = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
          logits_NV.add(models.get(i).logits(blocks.get(i), sequence.start() + start, count));
        }
        scoreTokens(logits_NV, nextIds(ids, (int) start, (int) count), scores);
      }
    }
    return scores;
  }

  /** Adds what the models' logits of some tokens say. */
  private static void scoreTokens(List<Tensor> logits_NV, Tensor next_N, List<WindowScore> scores) {
    long tokens = logits_NV.get(0).size(0);
    long step = Math.max(1, PIECE / logits_NV.get(0).size(1));
    for (long start = 0; start < tokens; start += step) {
      long count = Math.min(step, tokens - start);
      try (Scope scope = Scope.open()) {
        long predicted = Math.min(count, next_N.numel() - start);
        Tensor some_N = next_N.narrow(0, start, predicted);
        Tensor reference_NV = logProbabilities(logits_NV.get(0).narrow(0, start, count));
        scores.set(0, scores.get(0).plus(WindowScore.of(reference_NV, some_N)));
        if (logits_NV.size() > 1) {
          Tensor candidate_NV = logProbabilities(logits_NV.get(1).narrow(0, start, count));
          scores.set(
              1, scores.get(1).plus(WindowScore.against(reference_NV, candidate_NV, some_N)));
        }
      }
    }
  }

  private static Tensor logProbabilities(Tensor logits_NV) {
    return Tensors.to(logits_NV, DType.F32).log_softmax(-1);
  }

  /** The ids behind each token; fewer by one where the window ends. */
  private static Tensor nextIds(long[] ids, int start, int count) {
    int predicted = Math.min(count, ids.length - 1 - start);
    long[] next = new long[predicted];
    System.arraycopy(ids, start + 1, next, 0, predicted);
    return Tensors.of(next, predicted);
  }

  /** A model whose weights are at hand. */
  private static final class OpenModel {
    private final SubgraphTask.Open tail;
    private final Subgraph subgraph;
    private final ActivationFile.Blocks blocks;

    OpenModel(RunContext run, Model model) throws IOException {
      this.subgraph = model.tail.subgraph();
      this.blocks = ActivationFile.read(run, model.activations);
      try {
        this.tail = model.tail.open();
      } catch (IOException | RuntimeException | Error e) {
        blocks.close();
        throw e;
      }
    }

    long vocabulary() {
      return subgraph.outputs().get(0).channels();
    }

    /** The logits of some tokens. */
    Tensor logits(ActivationBlock block, long start, long count) {
      List<Tensor> some = new ArrayList<>();
      block.tensors().forEach(tensor -> some.add(tensor.narrow(0, start, count)));
      return tail.run(
          new ActivationBlock(Sequences.of((int) count), some), subgraph.outputs().get(0));
    }

    void close() {
      tail.close();
      blocks.close();
    }
  }
}
