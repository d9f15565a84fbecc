/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.output;

import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.problem.RequestException;
import dev.sinter.session.Identity;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The folder that a result is to be written into, and what it holds before. */
public final class OutputFolder {
  static final String MANIFEST = "sinter.json";
  static final String SUCCESS = "_SUCCESS";

  private final FileStore store;

  public OutputFolder(FileStore store) {
    this.store = store;
  }

  /** Whether the workspace holds unfinished work for this folder. */
  public enum Work {
    NONE,
    UNFINISHED
  }

  /** What is to be done with the folder. */
  public enum State {
    /** It holds the finished result of this very run. */
    FINISHED,
    /** It is empty, or holds the unfinished work of a run. */
    OPEN
  }

  /** Looks at the folder; a folder with anything else in it is refused. */
  public State state(FileStore model, Identity identity, Work work) throws IOException {
    if ((store.location() + "/").startsWith(model.location() + "/")) {
      throw new RequestException(
          "The output folder is the model's own, or inside it, "
              + model.location()
              + ". Give another --output-dir");
    }
    Optional<Identity> finished = finishedIdentity();
    if (finished.isPresent()) {
      List<String> differences = identity.differencesFrom(finished.get());
      if (!differences.isEmpty()) {
        throw new RequestException(
            store.location()
                + " holds the result of another run. Give another --output-dir, or delete it. It differs in:\n  "
                + String.join("\n  ", differences));
      }
      return State.FINISHED;
    }
    List<FileInfo> files = store.list();
    if (!files.isEmpty() && work == Work.NONE) {
      throw new RequestException(
          store.location()
              + " holds files that no run of Sinter wrote, such as "
              + files.get(0).name()
              + ". Give an empty or new --output-dir");
    }
    return State.OPEN;
  }

  private Optional<Identity> finishedIdentity() throws IOException {
    if (store.info(SUCCESS).isEmpty() || store.info(MANIFEST).isEmpty()) {
      return Optional.empty();
    }
    return manifest()
        .member("identity")
        .filter(Json.Obj.class::isInstance)
        .map(value -> new Identity((Json.Obj) value));
  }

  /** The manifest of a finished result. */
  public Json.Obj manifest() throws IOException {
    try {
      return JsonParser.parseObject(FileStores.read(store, MANIFEST));
    } catch (JsonSyntaxException e) {
      throw new RequestException(store.location() + "/" + MANIFEST + ": " + e.getMessage(), e);
    }
  }
}
