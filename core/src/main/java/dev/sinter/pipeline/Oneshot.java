/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.architecture.Architectures;
import dev.sinter.architecture.ModelConfig;
import dev.sinter.architecture.TraceOptions;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.WrittenFile;
import dev.sinter.forward.ParameterCheck;
import dev.sinter.forward.RunnableModel;
import dev.sinter.graph.ExpertCoverage;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Partitioner;
import dev.sinter.graph.Subgraph;
import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.output.OutputFolder;
import dev.sinter.output.Publisher;
import dev.sinter.pipeline.OneshotRequest.Leftovers;
import dev.sinter.plan.Calibration;
import dev.sinter.plan.CalibrationStep;
import dev.sinter.plan.OutputSettings;
import dev.sinter.plan.Plan;
import dev.sinter.plan.Planner;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import dev.sinter.session.CalibrationEngine;
import dev.sinter.session.Identity;
import dev.sinter.session.ProgressListener;
import dev.sinter.session.SampleSource;
import dev.sinter.session.Session;
import dev.sinter.session.TokenFile;
import dev.sinter.session.Workspace;
import dev.sinter.task.RunContext;
import dev.sinter.task.ShardTask;
import dev.sinter.task.SolvedUnit;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Torch;
import dev.sinter.weight.ParameterSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * One compression of a checkpoint, from the request to _SUCCESS. Killed anywhere, it goes on from
 * its last commit.
 */
public final class Oneshot {
  private final OneshotRequest request;
  private final ProgressListener progress;
  private final FileStore output;
  private final Checkpoint checkpoint;
  private final ModelConfig config;
  private final Plan plan;
  private final FileStore workspaceStore;
  private final Publisher publisher;
  private final Notices notices;
  private final Rescalings rescalings;
  private final Session session;
  private final Stopwatch times = new Stopwatch();

  private Oneshot(OneshotRequest request, ProgressListener progress) throws IOException {
    this.request = request;
    this.progress = progress;
    this.output = FileStores.at(request.output());
    this.checkpoint = Checkpoint.open(FileStores.at(request.model()));
    this.config = new ModelConfig(checkpoint.config());
    this.plan = Planner.plan(checkpoint, request.recipe(), request.settings().output());
    this.workspaceStore = FileStores.at(request.workspace());
    this.rescalings = new Rescalings(plan);
    this.publisher =
        new Publisher(checkpoint, request.tokenizer().map(FileStores::at), output, plan);
    this.notices = new Notices(request.settings().strictness(), progress);
    this.session = Session.of(checkpoint.store().location(), plan);
    times.lap("plan");
  }

  /** Checks a request and resolves it, without doing anything. */
  public static Plan plan(OneshotRequest request) throws IOException {
    return new Oneshot(request, ProgressListener.none()).plan;
  }

  /**
   * Runs a request. The engine is started only when there is work, after everything that can be
   * checked was.
   */
  public static Outcome run(
      OneshotRequest request, Supplier<CalibrationEngine> engine, ProgressListener progress)
      throws IOException {
    return new Oneshot(request, progress).run(engine);
  }

  private Outcome run(Supplier<CalibrationEngine> engineSupplier) throws IOException {
    requireRunnable();
    Calibration calibration = plan.calibration();
    RunContext run = context(calibration);
    List<Subgraph> subgraphs = subgraphs(calibration);
    // Says now what sequential_targets would cut in two.
    CalibrationStep.of(subgraphs, calibration);
    Identity identity = identity(calibration);
    notices.addAll(request.recipe().notes());
    notices.addAll(plan.notices());
    publisher.carried().leftBehind().stream()
        .map(
            name ->
                name + " is not carried over: it holds weights in another form, or is written anew")
        .forEach(notices::add);
    if (isFinished(identity)) {
      return nothingToDo();
    }
    requireWritable();
    clean();
    // Of a new run nothing is written before its samples were found to be right.
    Optional<Workspace> unfinished =
        Workspace.isStarted(workspaceStore) ? Optional.of(workspace(identity)) : Optional.empty();
    if (!calibration.isEmpty()) {
      SampleSource samples = request.samples().orElseThrow();
      ParameterCheck.requireLength(samples.length(), plan.graph().orElseThrow(), config);
      samples.check();
    }
    session.initialize();
    Workspace workspace;
    String digest;
    try (CalibrationEngine engine = engineSupplier.get()) {
      times.lap("start_engine");
      Optional<TokenFile> kept =
          unfinished.isEmpty() ? Optional.empty() : unfinished.get().tokens();
      List<int[]> samples =
          calibration.isEmpty() || kept.isPresent() ? List.of() : samples(subgraphs);
      workspace = unfinished.isPresent() ? unfinished.get() : workspace(identity);
      Optional<TokenFile> tokens = kept;
      if (!samples.isEmpty()) {
        tokens = Optional.of(workspace.commitTokens(samples, request.samples().get().rowsRead()));
      }
      if (tokens.isPresent()) {
        calibrate(subgraphs, calibration, run, workspace, engine, tokens.get());
      }
      List<WrittenFile> shards = writeShards(run, workspace, engine);
      times.lap("write");
      session.finish(SessionResults.of(new TreeMap<>(workspace.writtenShards()).values()));
      digest = publisher.publish(shards, manifest(identity, workspace, tokens));
    }
    workspace.delete();
    return outcome(Outcome.Kind.DONE, digest);
  }

  private Workspace workspace(Identity identity) throws IOException {
    return Workspace.open(workspaceStore, identity, output.location(), build());
  }

  /** A recipe may ask for what is declared and not there yet: it is planned, and not run. */
  private void requireRunnable() {
    if (!plan.missing().isEmpty()) {
      throw new RequestException(
          plan.missing().stream()
              .map(what -> "This version does not have " + what + ", which the recipe asks for")
              .toList());
    }
    boolean served = request.settings().traversal().propagatesActivations();
    if (served && !plan.calibration().isEmpty()) {
      new ServedActivations(plan).requireRun();
    }
  }

  /** Looks at output and workspace; false when there is work to do. */
  private boolean isFinished(Identity identity) throws IOException {
    OutputFolder.Work work =
        Workspace.isStarted(workspaceStore) ? OutputFolder.Work.UNFINISHED : OutputFolder.Work.NONE;
    OutputFolder.State state = new OutputFolder(output).state(checkpoint.store(), identity, work);
    if (state == OutputFolder.State.FINISHED) {
      // A run that was killed behind its last commit has left its workspace.
      workspaceStore.deleteAll();
      return true;
    }
    return false;
  }

  private void requireWritable() {
    Problems problems = new Problems();
    FileStores.unwritable("--output-dir", output).ifPresent(problems::add);
    boolean inside = workspaceStore.location().startsWith(output.location() + "/");
    FileStores.unwritable(inside ? "--output-dir" : "--workspace", workspaceStore)
        .ifPresent(problems::add);
    problems.throwIfAny();
  }

  /** Throws unfinished work away, if that is asked for. */
  private void clean() throws IOException {
    boolean asked = request.settings().leftovers() == Leftovers.CLEAN;
    if (asked && Workspace.isStarted(workspaceStore)) {
      publisher.deleteUnfinished();
      workspaceStore.deleteAll();
    }
  }

  private Outcome nothingToDo() throws IOException {
    Json digest = new OutputFolder(output).manifest().members().get("content_digest");
    return outcome(Outcome.Kind.NOTHING_TO_DO, ((Json.Str) digest).value());
  }

  private Outcome outcome(Outcome.Kind kind, String digest) {
    return new Outcome(kind, digest, checkpoint.tensorBytes(), plan.outputBytes(), notices.told());
  }

  /** What computes: bytes of two builds, or of two instruction sets, must not mix in one result. */
  private static String build() {
    return Manifest.version() + ", " + Torch.description();
  }

  private RunContext context(Calibration calibration) {
    Map<String, ParameterSource> parameters = Map.of();
    DType dtype = DType.F32;
    if (!calibration.isEmpty()) {
      if (request.samples().isEmpty()) {
        throw new RequestException(
            "The recipe calibrates ("
                + calibration.what()
                + ") and no data is given. Give --dataset");
      }
      RunnableModel model =
          RunnableModel.calibrated(plan, checkpoint, request.settings().output().dtype());
      parameters = model.parameters();
      dtype = model.dtype();
    }
    return new RunContext(
        UUID.randomUUID().toString(),
        checkpoint.store().location(),
        workspaceStore.location(),
        output.location(),
        parameters,
        // A source in codes is calibrated as the dense model that its codes stand for.
        Map.of(),
        dtype,
        request.settings().batchSize(),
        request.settings().threads());
  }

  /** What the model is calibrated by; nothing if nothing is calibrated. */
  private List<Subgraph> subgraphs(Calibration calibration) {
    return calibration.isEmpty()
        ? List.of()
        : Partitioner.partition(graph(), request.settings().traversal().targets());
  }

  /** The plan's graph, traced with the tokens that experts are to see. */
  private Graph graph() {
    ExpertCoverage experts = request.settings().traversal().experts();
    return experts == ExpertCoverage.ROUTED
        ? plan.graph().orElseThrow()
        : Architectures.of(config)
            .orElseThrow()
            .trace(config, TraceOptions.of(checkpoint.tensors().keySet()).with(experts));
  }

  /** Data and what samples are run by are part of it where something is calibrated. */
  private Identity identity(Calibration calibrated) throws IOException {
    List<Json> modifiers = new ArrayList<>();
    for (Modifier modifier : request.recipe().modifiers()) {
      modifiers.add(Json.object("name", modifier.name(), "settings", modifier.settings()));
    }
    boolean calibrates = !calibrated.isEmpty();
    OutputSettings form = request.settings().output();
    Json.Obj settings =
        Json.object(
            "max_shard_bytes", form.maxShardBytes().orElse(null),
            "dtype", form.dtype().map(DType::name).orElse(null),
            "form", form.form().name(),
            "ties", form.ties().name(),
            "threads", request.settings().threads());
    return new Identity(
        Json.object(
            "model",
            checkpoint.identity(),
            "tokenizer",
            publisher.carried().identity(),
            "recipe",
            modifiers,
            "data",
            calibrates ? request.samples().orElseThrow().identity() : null,
            "settings",
            calibrates ? calibrating(settings) : settings));
  }

  private Json.Obj calibrating(Json.Obj settings) {
    OneshotRequest.Settings asked = request.settings();
    Json.Obj calibrating =
        settings
            .with("slices", Json.of(asked.slices()))
            .with("batch_size", Json.of(asked.batchSize()));
    for (Map.Entry<String, Json> part : asked.traversal().json().members().entrySet()) {
      calibrating = calibrating.with(part.getKey(), part.getValue());
    }
    return calibrating;
  }

  private void calibrate(
      List<Subgraph> subgraphs,
      Calibration calibration,
      RunContext run,
      Workspace workspace,
      CalibrationEngine engine,
      TokenFile tokens)
      throws IOException {
    progress.report(
        "data: "
            + tokens.rows()
            + " rows read, "
            + tokens.samples().size()
            + " samples, "
            + tokens.tokens()
            + " tokens");
    times.lap("read_data");
    session.startCalibration();
    new SequentialPipeline(
            run,
            workspace,
            engine,
            notices,
            progress,
            request.settings(),
            rescalings,
            new Propagation(plan, workspace, rescalings, request.settings().traversal()),
            session)
        .run(subgraphs, calibration, tokens.slices(request.settings().slices()));
    session.endCalibration();
    times.lap("calibrate");
  }

  private List<int[]> samples(List<Subgraph> subgraphs) throws IOException {
    SampleSource source = request.samples().orElseThrow();
    List<int[]> samples = source.samples();
    notices.addAll(source.notices());
    // Nothing is kept of what the last subgraph puts out.
    List<Subgraph> passedOn = subgraphs.subList(0, subgraphs.size() - 1);
    ParameterCheck.requireSamples(
        samples, plan.graph().orElseThrow(), config, request.settings().batchSize(), passedOn);
    return samples;
  }

  private List<WrittenFile> writeShards(
      RunContext run, Workspace workspace, CalibrationEngine engine) throws IOException {
    Map<String, WrittenFile> written = new TreeMap<>();
    for (SolvedUnit shard : workspace.writtenShards().values()) {
      if (publisher.isThere(shard.file())) {
        written.put(shard.file().name(), shard.file());
      }
    }
    List<ShardTask> tasks = ShardTasks.of(plan, workspace, rescalings, notices);
    List<ShardTask> open =
        tasks.stream().filter(task -> !written.containsKey(task.shard().file())).toList();
    progress.phase("write", tasks.size(), tasks.size() - open.size());
    if (!open.isEmpty()) {
      engine.run(
          "write " + open.size() + " shards",
          run,
          open,
          SolvedUnit.class,
          Committing.shards(workspace, notices, progress)
              .andThen(
                  shard -> {
                    written.put(shard.file().name(), shard.file());
                    progress.step(shard.file().name());
                  }));
    }
    return List.copyOf(written.values());
  }

  private Json.Obj manifest(Identity identity, Workspace workspace, Optional<TokenFile> tokens) {
    List<SolvedUnit> units = new ArrayList<>(workspace.solvedUnits().values());
    units.addAll(workspace.writtenShards().values());
    String model = checkpoint.store().location();
    return Manifest.json(
        identity, model, plan, tokens, units, notices.told(), times, workspace.stepEntries());
  }
}
