/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What of a model's repository is fetched: the weights as safetensors, and the small files beside
 * them. Pickles, other frameworks' weights and a second copy of the weights stay where they are.
 */
public final class ModelFiles {
  private static final String CONFIG = "config.json";
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  /** Beside the weights: configs, tokenizer, templates, the model's own code, who may use it. */
  private static final Pattern BESIDE =
      Pattern.compile(
          "[^/]+\\.(?:json|jinja|txt|model|tiktoken|md|py|ya?ml)|(?:LICENSE|NOTICE|USE_POLICY)[^/]*"
              + "|additional_chat_templates/[^/]+\\.jinja");

  /** An index of weights of another kind, or of a second copy. */
  private static final Pattern OTHER_INDEX = Pattern.compile(".*\\.index\\.json");

  private ModelFiles() {}

  /** The local folder of a model at a revision. */
  public static Path fetch(Hub hub, RepositoryId model, String revision) throws IOException {
    Listing listing = hub.list(model, revision);
    Set<String> weights = weights(hub, listing);
    return hub.fetch(listing, file -> weights.contains(file) || isBeside(file));
  }

  /**
   * A model at a revision for who wants to see its headers: here if all of it is, else read over
   * the line.
   */
  public static FileStore look(Hub hub, RepositoryId model, String revision) throws IOException {
    Listing listing = hub.list(model, revision);
    Set<String> weights = weights(hub, listing);
    Predicate<String> wanted = file -> weights.contains(file) || isBeside(file);
    return hub.has(listing, wanted)
        ? FileStores.at(hub.fetch(listing, wanted).toString())
        : hub.remote(listing, wanted);
  }

  /** The local folder of a model's files without its weights: for its tokenizer or config. */
  public static Path fetchSmall(Hub hub, RepositoryId model, String revision) throws IOException {
    return hub.fetch(hub.list(model, revision), ModelFiles::isBeside);
  }

  private static boolean isBeside(String file) {
    return file.equals(INDEX)
        || (BESIDE.matcher(file).matches() && !OTHER_INDEX.matcher(file).matches());
  }

  private static Set<String> weights(Hub hub, Listing listing) throws IOException {
    List<String> files = listing.files();
    if (!files.contains(CONFIG) || !(files.contains(SINGLE) || files.contains(INDEX))) {
      throw new RequestException(
          listing
              + " is no checkpoint that Sinter reads: that has "
              + CONFIG
              + " and "
              + SINGLE
              + ", or shards with "
              + INDEX
              + ". It has: "
              + String.join(", ", files.subList(0, Math.min(20, files.size())))
              + (files.size() > 20 ? ", and " + (files.size() - 20) + " more" : ""));
    }
    if (!files.contains(INDEX)) {
      return Set.of(SINGLE);
    }
    Set<String> shards = shards(hub.read(listing, INDEX), listing);
    List<String> lacking =
        shards.stream().filter(shard -> !files.contains(shard)).sorted().toList();
    if (!lacking.isEmpty()) {
      throw new RequestException(listing + " lacks shards that its index names: " + lacking);
    }
    return shards;
  }

  private static Set<String> shards(byte[] index, Listing listing) {
    try {
      Set<String> shards = new HashSet<>();
      if (JsonParser.parseObject(index).member("weight_map").orElse(null) instanceof Json.Obj map) {
        for (Json shard : map.members().values()) {
          shards.add(shard instanceof Json.Str name ? name.value() : "");
        }
      }
      return shards;
    } catch (JsonSyntaxException e) {
      throw new RequestException(INDEX + " of " + listing + ": " + e.getMessage(), e);
    }
  }
}
