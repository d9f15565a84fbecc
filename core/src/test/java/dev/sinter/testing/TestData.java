/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.SafetensorsHeader;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.session.SampleSource;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** The bundled models, and what the reference tools computed for them. */
public final class TestData {
  private TestData() {}

  /** The folder of golden data among core's test resources. */
  public static Path golden() {
    return Path.of(System.getProperty("sinter.golden"));
  }

  /** The folder of what Transformers computed for the small models. */
  public static Path references() {
    return golden().resolve("references");
  }

  /** The model in fp32, in two shards. */
  public static Path tinyLlamaFp32() {
    return golden().resolve("tiny-llama-fp32");
  }

  /** The model in bf16, in one file: the demo's. */
  public static Path tinyLlamaBf16() {
    return demoData().resolve("tiny-llama-bf16");
  }

  public static Path demoData() {
    return Path.of(System.getProperty("sinter.demo-data"));
  }

  /** The calibration set of the golden data, 32 rows of 128 ids. */
  public static SampleSource calibration() {
    return new SampleSource() {
      @Override
      public Json.Obj identity() {
        return Json.object("rows", 32);
      }

      @Override
      public List<int[]> samples() throws IOException {
        return Files.readAllLines(demoData().resolve("calibration.jsonl")).stream()
            .map(TestData::ids)
            .toList();
      }
    };
  }

  /** Samples of one's own. */
  public static SampleSource samples(List<int[]> samples) {
    return new SampleSource() {
      @Override
      public Json.Obj identity() {
        return Json.object("rows", samples.size());
      }

      @Override
      public List<int[]> samples() {
        return samples;
      }
    };
  }

  /** Samples of these lengths for models that know 256 tokens. */
  public static SampleSource randomIds(int... lengths) {
    return new SampleSource() {
      @Override
      public Json.Obj identity() {
        return Json.object("lengths", Arrays.stream(lengths).boxed().toList());
      }

      @Override
      public List<int[]> samples() {
        Random random = new Random(11);
        return Arrays.stream(lengths)
            .mapToObj(length -> random.ints(length, 0, 256).toArray())
            .toList();
      }
    };
  }

  private static int[] ids(String line) {
    Json.Arr ids =
        (Json.Arr)
            json(line.getBytes(java.nio.charset.StandardCharsets.UTF_8)).members().get("input_ids");
    return ids.items().stream().mapToInt(id -> (int) ((Json.Num) id).asLong()).toArray();
  }

  public static Json.Obj json(Path file) {
    try {
      return json(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Json.Obj json(byte[] content) {
    try {
      return JsonParser.parseObject(content);
    } catch (JsonSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where each tensor of a folder's files lies, by name. */
  public static Map<String, TensorEntry> tensors(Path folder) throws IOException {
    Map<String, TensorEntry> entries = new TreeMap<>();
    var store = FileStores.at(folder.toString());
    for (var file : store.list()) {
      if (file.name().endsWith(".safetensors")) {
        SafetensorsHeader.read(store, file.name())
            .tensors()
            .forEach(entry -> entries.put(entry.name(), entry));
      }
    }
    return entries;
  }

  /** A tensor's bytes. */
  public static byte[] bytes(Path folder, TensorEntry entry) throws IOException {
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(FileStores.at(folder.toString()))) {
      var tensor = reader.read(entry);
      byte[] bytes = new byte[(int) tensor.nbytes()];
      Tensors.buffer(tensor).get(bytes);
      return bytes;
    }
  }
}
