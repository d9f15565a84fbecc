/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.output;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.Shard;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.checkpoint.WrittenFile;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.plan.Plan;
import dev.sinter.recipe.RecipeWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes everything but the shards. What it writes is known before: so is the digest over all of
 * it, which does not depend on when and where the run took place.
 */
public final class Publisher {
  private static final String RECIPE = "recipe.yaml";

  /** What ModelOpt says of codes; they are others now, or none. */
  private static final String MODELOPT_CONFIG = "hf_quant_config.json";

  private static final Set<String> OWN =
      Set.of(OutputFolder.MANIFEST, OutputFolder.SUCCESS, RECIPE, MODELOPT_CONFIG);

  private final Checkpoint checkpoint;
  private final CarriedFiles carried;
  private final FileStore output;
  private final Plan plan;

  /** Publishes with the checkpoint's tokenizer, or with another if there is one. */
  public Publisher(
      Checkpoint checkpoint, Optional<FileStore> tokenizer, FileStore output, Plan plan)
      throws IOException {
    this.checkpoint = checkpoint;
    this.carried = CarriedFiles.of(checkpoint, tokenizer, OWN);
    this.output = output;
    this.plan = plan;
  }

  /** The files beside the weights. */
  public CarriedFiles carried() {
    return carried;
  }

  /** Whether a file of the output stands there as it was written. */
  public boolean isThere(WrittenFile file) throws IOException {
    return output.info(file.name()).filter(info -> info.size() == file.size()).isPresent();
  }

  /**
   * Deletes an unfinished result, in the reverse order of its writing: first what makes it a model.
   */
  public void deleteUnfinished() throws IOException {
    List<String> names = new ArrayList<>(List.of(OutputFolder.SUCCESS, Checkpoint.CONFIG));
    Checkpoint.indexOf(plan.shards()).ifPresent(index -> names.add(index.name()));
    names.addAll(OWN);
    names.addAll(carried.files().keySet());
    for (FileInfo file : output.list()) {
      if (Shard.isShardName(file.name())) {
        names.add(file.name());
      }
    }
    for (String name : names) {
      output.delete(name);
    }
    output.deletePending();
  }

  /**
   * Writes tokenizer, recipe, manifest, index, config and _SUCCESS, in this order.
   *
   * @param shards what was written already
   * @param manifest the manifest without digest and files
   * @return the digest of the content
   */
  public String publish(List<WrittenFile> shards, Json.Obj manifest) throws IOException {
    Map<String, WrittenFile> files = new TreeMap<>();
    for (WrittenFile shard : shards) {
      if (!isThere(shard)) {
        throw new IOException(
            output.location()
                + " lacks "
                + shard.name()
                + ", which an executor has written: do the executors and the driver see one and the same storage?");
      }
      files.put(shard.name(), shard);
    }
    output.deletePending();
    for (Map.Entry<String, FileStore> file : carried.files().entrySet()) {
      files.put(file.getKey(), FileStores.copy(file.getValue(), file.getKey(), output));
    }
    if (!plan.recipe().modifiers().isEmpty()) {
      byte[] recipe = recipe().getBytes(StandardCharsets.UTF_8);
      FileStores.write(output, RECIPE, recipe);
      add(RECIPE, recipe, files);
    }

    byte[] config = JsonWriter.pretty(plan.outputConfig()).getBytes(StandardCharsets.UTF_8);
    add(Checkpoint.CONFIG, config, files);
    var index = Checkpoint.indexOf(plan.shards());
    index.ifPresent(file -> add(file.name(), file.json().getBytes(StandardCharsets.UTF_8), files));

    String digest = digest(files);
    Json.Obj whole =
        manifest.with("content_digest", Json.of(digest)).with("files", describe(files));
    FileStores.write(output, OutputFolder.MANIFEST, JsonWriter.pretty(whole));
    if (index.isPresent()) {
      FileStores.write(output, index.get().name(), index.get().json());
    }
    FileStores.write(output, Checkpoint.CONFIG, config);
    FileStores.write(output, OutputFolder.SUCCESS, digest + "\n");
    return digest;
  }

  /** The recipe; behind it that of the checkpoint, so that what was done to it is not forgotten. */
  private String recipe() throws IOException {
    return checkpoint.store().info(RECIPE).isPresent()
        ? RecipeWriter.write(
            plan.recipe(),
            new String(FileStores.read(checkpoint.store(), RECIPE), StandardCharsets.UTF_8))
        : RecipeWriter.write(plan.recipe());
  }

  private static void add(String name, byte[] content, Map<String, WrittenFile> files) {
    files.put(name, new WrittenFile(name, content.length, TensorWriter.sha256Hex(content)));
  }

  /** One hash over the names and hashes of all files, in the order of their names. */
  private static String digest(Map<String, WrittenFile> files) {
    StringBuilder lines = new StringBuilder();
    files
        .values()
        .forEach(file -> lines.append(file.sha256()).append("  ").append(file.name()).append('\n'));
    return TensorWriter.sha256Hex(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static Json describe(Map<String, WrittenFile> files) {
    Map<String, Object> described = new TreeMap<>();
    files.forEach(
        (name, file) ->
            described.put(name, Json.object("size", file.size(), "sha256", file.sha256())));
    return Json.of(described);
  }
}
