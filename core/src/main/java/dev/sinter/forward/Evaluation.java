/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.forward;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.graph.Subgraph;
import dev.sinter.json.Json;
import dev.sinter.problem.Problems;
import dev.sinter.session.CalibrationEngine;
import dev.sinter.session.Identity;
import dev.sinter.session.ProgressListener;
import dev.sinter.session.TokenFile;
import dev.sinter.session.Workspace;
import dev.sinter.task.RunContext;
import dev.sinter.task.ScoreTask;
import dev.sinter.task.SliceScores;
import dev.sinter.task.SubgraphTask;
import dev.sinter.task.TokenSlice;
import dev.sinter.task.WindowScore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Perplexity of checkpoints, and how far each one's logits are from the first one's. Each model is
 * run layer by layer over all windows; its activations before the last subgraph are written to the
 * workspace, where tasks find those of all models side by side.
 */
public final class Evaluation {
  private final EvaluationRequest request;
  private final ProgressListener progress;
  private final List<RunnableModel> models = new ArrayList<>();
  private final List<Double> forwardSeconds = new ArrayList<>();
  private final String runId = UUID.randomUUID().toString();

  private Evaluation(EvaluationRequest request, ProgressListener progress) {
    this.request = request;
    this.progress = progress;
  }

  /**
   * Scores the checkpoints, in their order. The engine is started only after all that can be
   * checked without it was.
   */
  public static EvaluationResult run(
      EvaluationRequest request, Supplier<CalibrationEngine> engine, ProgressListener progress)
      throws IOException {
    return new Evaluation(request, progress).run(engine);
  }

  private EvaluationResult run(Supplier<CalibrationEngine> engineSupplier) throws IOException {
    for (String model : request.models()) {
      models.add(RunnableModel.open(model, request.settings().dtype()));
    }
    requireOneVocabulary();
    for (RunnableModel model : models) {
      ParameterCheck.requireLength(request.windows().length(), model.graph(), model.config());
    }
    request.windows().check();
    List<int[]> windows = request.windows().samples();
    for (RunnableModel model : models) {
      ParameterCheck.requireSamples(
          windows,
          model.graph(),
          model.config(),
          request.settings().batchSize(),
          model.subgraphs().subList(0, model.subgraphs().size() - 1));
    }
    FileStore store = FileStores.at(request.workspace()).folder("eval-" + runId);
    try (CalibrationEngine engine = engineSupplier.get()) {
      Workspace workspace =
          Workspace.open(store, new Identity(Json.object("eval", runId)), store.location(), "");
      TokenFile tokens = workspace.commitTokens(windows);
      return scores(engine, store, tokens);
    } finally {
      store.deleteAll();
    }
  }

  /** Logits of other vocabularies cannot be compared, nor do ids mean the same. */
  private void requireOneVocabulary() {
    Problems problems = new Problems();
    long first = models.get(0).vocabulary();
    for (int i = 1; i < models.size(); i++) {
      long other = models.get(i).vocabulary();
      if (other != first) {
        problems.add(
            request.models().get(i)
                + " has a vocabulary of "
                + other
                + " entries, "
                + request.models().get(0)
                + " one of "
                + first
                + ". Only models of one vocabulary can be compared; evaluate them one by one");
      }
    }
    problems.throwIfAny();
  }

  private EvaluationResult scores(CalibrationEngine engine, FileStore store, TokenFile tokens) {
    List<TokenSlice> slices = tokens.slices(request.settings().slices());
    List<RunContext> runs =
        models.stream()
            .map(
                model ->
                    model.context(
                        runId,
                        store.location(),
                        request.settings().batchSize(),
                        request.settings().threads()))
            .toList();
    List<List<String>> files = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      long start = System.nanoTime();
      files.add(forward(engine, models.get(i), runs.get(i), slices));
      forwardSeconds.add((System.nanoTime() - start) / 1e9);
    }
    long start = System.nanoTime();
    List<WindowScore> sums = scores(engine, runs, files, slices);
    return new EvaluationResult(
        modelScores(sums, tokens.samples().size()), (System.nanoTime() - start) / 1e9);
  }

  /** The activations before a model's last subgraph: a file for each slice. */
  private List<String> forward(
      CalibrationEngine engine, RunnableModel model, RunContext run, List<TokenSlice> slices) {
    List<Subgraph> subgraphs = model.subgraphs();
    String name = model.checkpoint().store().location();
    progress.phase("run " + name, subgraphs.size() - 1, 0);
    engine.begin(run, slices);
    for (Subgraph subgraph : subgraphs.subList(0, subgraphs.size() - 1)) {
      engine.advance(run, subgraph, List.of());
      engine.settle(name + ": " + subgraph.name());
      progress.step(subgraph.name());
    }
    return engine.checkpointActivations(run);
  }

  /**
   * What each model scores over all windows. Candidates are compared with the first model one after
   * another, so that a task never holds the last subgraphs of more than two.
   */
  private List<WindowScore> scores(
      CalibrationEngine engine,
      List<RunContext> runs,
      List<List<String>> files,
      List<TokenSlice> slices) {
    int rounds = Math.max(1, models.size() - 1);
    progress.phase("score", rounds * slices.size(), 0);
    List<WindowScore> sums = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      List<Integer> pair = models.size() == 1 ? List.of(0) : List.of(0, round + 1);
      List<ScoreTask> tasks = new ArrayList<>();
      for (int slice = 0; slice < slices.size(); slice++) {
        List<ScoreTask.Model> compared = new ArrayList<>();
        for (int model : pair) {
          compared.add(new ScoreTask.Model(tail(model, runs), files.get(model).get(slice)));
        }
        tasks.add(new ScoreTask(slices.get(slice), compared));
      }
      List<SliceScores> found = score(engine, runs.get(0), tasks);
      for (int i = round == 0 ? 0 : 1; i < pair.size(); i++) {
        sums.add(sum(found, i));
      }
    }
    return sums;
  }

  private SubgraphTask tail(int model, List<RunContext> runs) {
    List<Subgraph> subgraphs = models.get(model).subgraphs();
    return new SubgraphTask(runs.get(model), subgraphs.get(subgraphs.size() - 1), List.of());
  }

  /** In the order of the slices. */
  private List<SliceScores> score(CalibrationEngine engine, RunContext run, List<ScoreTask> tasks) {
    Map<Integer, SliceScores> scores = new TreeMap<>();
    engine.run(
        "score " + tasks.size() + " slices",
        run,
        tasks,
        SliceScores.class,
        found -> {
          scores.put(found.slice(), found);
          progress.step("slice " + found.slice());
        });
    return List.copyOf(scores.values());
  }

  /** Added up in the order of the windows, so that the figures are the same on any cluster. */
  private static WindowScore sum(List<SliceScores> slices, int model) {
    return slices.stream()
        .flatMap(slice -> slice.windows().stream())
        .map(window -> window.get(model))
        .reduce(WindowScore.NONE, WindowScore::plus);
  }

  private List<ModelScore> modelScores(List<WindowScore> sums, int windows) {
    List<ModelScore> scores = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      scores.add(
          new ModelScore(
              request.models().get(i),
              models.get(i).dtype(),
              windows,
              sums.get(i),
              forwardSeconds.get(i)));
    }
    return scores;
  }
}
