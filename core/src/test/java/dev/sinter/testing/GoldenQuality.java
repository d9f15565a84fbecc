/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.SafetensorsLayout;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.json.Json;
import dev.sinter.session.SampleSource;
import dev.sinter.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What Transformers measured of compressed models, and these models as the reference wrote them.
 */
public final class GoldenQuality {
  private static final String MODEL = "model.safetensors";

  private GoldenQuality() {}

  private static Path folder() {
    return TestData.golden().resolve("quality");
  }

  /** The figures of one model. */
  public record Figures(double perplexity, double divergence, double agreement) {}

  public static Figures figures(String dtype, String name) {
    Json.Obj row = (Json.Obj) TestData.json(folder().resolve(dtype + ".json")).members().get(name);
    return new Figures(number(row, "perplexity"), number(row, "kl"), number(row, "top1"));
  }

  private static double number(Json.Obj row, String name) {
    return ((Json.Num) row.members().get(name)).asDouble();
  }

  public static Path dense(String dtype) {
    return dtype.equals("fp32") ? TestData.tinyLlamaFp32() : TestData.tinyLlamaBf16();
  }

  /** The windows that the figures are about: 40 of 256 tokens. */
  public static SampleSource windows() {
    return new SampleSource() {
      @Override
      public Json.Obj identity() {
        return Json.object("windows", 40);
      }

      @Override
      public List<int[]> samples() {
        Json.Arr windows =
            (Json.Arr) TestData.json(folder().resolve("windows.json")).members().get("windows");
        return windows.items().stream()
            .map(
                window ->
                    ((Json.Arr) window)
                        .items().stream().mapToInt(id -> (int) ((Json.Num) id).asLong()).toArray())
            .toList();
      }
    };
  }

  /**
   * A checkpoint as the reference wrote it: what it changed or added, and the rest of the dense.
   */
  public static Path assemble(String dtype, String name, Path target) throws IOException {
    Path written = folder().resolve(dtype).resolve(name);
    Map<String, Path> holders = new TreeMap<>();
    Map<String, TensorEntry> changed = TestData.tensors(written);
    TestData.tensors(dense(dtype)).keySet().stream()
        .filter(tensor -> !replaced(tensor, changed))
        .forEach(tensor -> holders.put(tensor, dense(dtype)));
    changed.keySet().forEach(tensor -> holders.put(tensor, written));
    Files.createDirectories(target);
    Files.copy(written.resolve("config.json"), target.resolve("config.json"));
    SafetensorsLayout layout =
        SafetensorsLayout.of(
            holders.entrySet().stream()
                .map(holder -> spec(holder.getValue(), holder.getKey()))
                .toList());
    try (TensorWriter writer = new TensorWriter(FileStores.at(target.toString()), MODEL, layout)) {
      for (TensorSpec spec : layout.tensors()) {
        Path holder = holders.get(spec.name());
        try (Scope scope = Scope.open();
            TensorReader reader = new TensorReader(FileStores.at(holder.toString()))) {
          writer.write(spec, reader.read(TestData.tensors(holder).get(spec.name())));
        }
      }
      writer.commit();
    }
    return target;
  }

  /** Codes that are packed take the place of a weight under another name. */
  private static boolean replaced(String tensor, Map<String, TensorEntry> changed) {
    return changed.containsKey(tensor) || changed.containsKey(tensor + "_packed");
  }

  private static TensorSpec spec(Path holder, String tensor) {
    try {
      return TestData.tensors(holder).get(tensor).spec();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
