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
 * Scores the windows of a slice by several models, from the activations that enter each one's last
 * subgraph. Logits are made for a few tokens at a time, since a vocabulary is wide.
 *
 * @param slice the windows' token ids
 * @param models the models, of which the first is the one that others are compared with
 */
public record ScoreTask(TokenSlice slice, List<Model> models) implements Task<SliceScores> {
  private static final long TOKENS_AT_A_TIME = 256;

  public ScoreTask {
    models = List.copyOf(models);
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
    for (long start = 0; start < sequence.length(); start += TOKENS_AT_A_TIME) {
      long count = Math.min(TOKENS_AT_A_TIME, sequence.length() - start);
      try (Scope scope = Scope.open()) {
        Tensor next_N = nextIds(ids, (int) start, (int) count);
        Tensor reference_NV = null;
        for (int i = 0; i < models.size(); i++) {
          Tensor logProbabilities_NV =
              models.get(i).logProbabilities(blocks.get(i), sequence.start() + start, count);
          reference_NV = i == 0 ? logProbabilities_NV : reference_NV;
          scores.set(
              i, scores.get(i).plus(WindowScore.of(reference_NV, logProbabilities_NV, next_N)));
        }
      }
    }
    return scores;
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

    /** log softmax of the logits of some tokens, in fp32. */
    Tensor logProbabilities(ActivationBlock block, long start, long count) {
      List<Tensor> some = new ArrayList<>();
      block.tensors().forEach(tensor -> some.add(tensor.narrow(0, start, count)));
      Tensor logits_NV =
          tail.run(new ActivationBlock(Sequences.of((int) count), some), subgraph.outputs().get(0));
      return Tensors.to(logits_NV, DType.F32).log_softmax(-1);
    }

    void close() {
      tail.close();
      blocks.close();
    }
  }
}
