/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.WrittenFile;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A unit that was solved, or a shard whose modules were: the file that holds the tensors, figures
 * about each module, and the kind of machine it was computed on.
 *
 * @param parameters the tensors of the file that are parameters of activations
 * @param seconds how long it took, writing included
 */
public record SolvedUnit(
    String id,
    WrittenFile file,
    List<ModuleFigures> modules,
    List<String> parameters,
    Seconds seconds,
    String platform)
    implements Serializable {
  public SolvedUnit {
    modules = List.copyOf(modules);
    parameters = List.copyOf(parameters);
  }

  /** How long a task took for it, and how much of that it wrote. */
  public record Seconds(double whole, double write) implements Serializable {
    /** Until now, of what began at a time, and began to write at another. */
    static Seconds since(long start, long write) {
      long now = System.nanoTime();
      return new Seconds((now - start) / 1e9, (now - write) / 1e9);
    }
  }

  /** Figures about a module, and a checksum (CRC-32C) of its weight as it was read. */
  public record ModuleFigures(String module, String sourceCrc32c, Map<String, Double> figures)
      implements Serializable {
    /** The same with one more figure. */
    ModuleFigures with(String name, double value) {
      Map<String, Double> more = new LinkedHashMap<>(figures);
      more.put(name, value);
      return new ModuleFigures(module, sourceCrc32c, more);
    }
  }
}
