/* SPDX-License-Identifier: Apache-2.0 */
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes the headers of a checkpoint of 685 GB with the tensors of DeepSeek-V3 in float8, and no
 * weights: its files are holes on the disk, some 20 MB. {@code java MakeGiant.java DIR}. What a plan
 * reads of a checkpoint is there.
 */
final class MakeGiant {
  private static final int HIDDEN = 7168;
  private static final int EXPERT = 2048;
  private static final int MLP = 18432;
  private static final int VOCABULARY = 129280;
  private static final int LAYERS = 62;
  private static final int DENSE_LAYERS = 3;
  private static final int EXPERTS = 256;
  private static final long SHARD_BYTES = 4_300_000_000L;

  private record Tensor(String name, String dtype, int... shape) {
    long bytes() {
      long elements = 1;
      for (int size : shape) {
        elements *= size;
      }
      return elements * (dtype.equals("BF16") ? 2 : dtype.equals("F32") ? 4 : 1);
    }
  }

  private final List<Tensor> tensors = new ArrayList<>();

  private MakeGiant() {}

  public static void main(String[] args) throws IOException {
    MakeGiant giant = new MakeGiant();
    giant.model();
    giant.write(Files.createDirectories(Path.of(args[0])));
  }

  private void linear(String name, int rows, int columns) {
    tensors.add(new Tensor(name + ".weight", "F8_E4M3", rows, columns));
    tensors.add(
        new Tensor(name + ".weight_scale_inv", "F32", (rows + 127) / 128, (columns + 127) / 128));
  }

  private void dense(String name, int... shape) {
    tensors.add(new Tensor(name + ".weight", "BF16", shape));
  }

  private void mlp(String name, int width) {
    linear(name + "gate_proj", width, HIDDEN);
    linear(name + "up_proj", width, HIDDEN);
    linear(name + "down_proj", HIDDEN, width);
  }

  private void model() {
    dense("model.embed_tokens", VOCABULARY, HIDDEN);
    for (int layer = 0; layer < LAYERS; layer++) {
      String at = "model.layers." + layer + ".";
      linear(at + "self_attn.q_a_proj", 1536, HIDDEN);
      linear(at + "self_attn.q_b_proj", 24576, 1536);
      linear(at + "self_attn.kv_a_proj_with_mqa", 576, HIDDEN);
      linear(at + "self_attn.kv_b_proj", 32768, 512);
      linear(at + "self_attn.o_proj", HIDDEN, 16384);
      dense(at + "input_layernorm", HIDDEN);
      dense(at + "post_attention_layernorm", HIDDEN);
      if (layer < DENSE_LAYERS) {
        mlp(at + "mlp.", MLP);
        continue;
      }
      dense(at + "mlp.gate", EXPERTS, HIDDEN);
      for (int expert = 0; expert < EXPERTS; expert++) {
        mlp(at + "mlp.experts." + expert + ".", EXPERT);
      }
      mlp(at + "mlp.shared_experts.", EXPERT);
    }
    dense("model.layers." + (LAYERS - 1) + ".eh_proj", HIDDEN, 2 * HIDDEN);
    dense("model.norm", HIDDEN);
    dense("lm_head", VOCABULARY, HIDDEN);
  }

  private void write(Path folder) throws IOException {
    List<List<Tensor>> shards = new ArrayList<>(List.of(new ArrayList<>()));
    long size = 0;
    for (Tensor tensor : tensors) {
      if (size + tensor.bytes() > SHARD_BYTES) {
        shards.add(new ArrayList<>());
        size = 0;
      }
      shards.get(shards.size() - 1).add(tensor);
      size += tensor.bytes();
    }
    List<String> index = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      String file =
          String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
      shards.get(i).forEach(tensor -> index.add(quoted(tensor.name()) + ": " + quoted(file)));
      shard(folder.resolve(file), shards.get(i));
    }
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"metadata\": {}, \"weight_map\": {" + String.join(", ", index) + "}}");
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "deepseek_v3", "architectures": ["DeepseekV3ForCausalLM"],
         "num_hidden_layers": 61, "hidden_size": 7168, "n_routed_experts": 256,
         "num_nextn_predict_layers": 1, "torch_dtype": "bfloat16",
         "quantization_config": {"quant_method": "fp8", "fmt": "e4m3",
           "activation_scheme": "dynamic", "weight_block_size": [128, 128]}}
        """);
  }

  private static void shard(Path file, List<Tensor> tensors) throws IOException {
    List<String> entries = new ArrayList<>();
    long offset = 0;
    for (Tensor tensor : tensors) {
      List<String> shape = new ArrayList<>();
      for (int size : tensor.shape()) {
        shape.add(String.valueOf(size));
      }
      entries.add(
          String.format(
              Locale.ROOT,
              "%s: {\"dtype\": \"%s\", \"shape\": [%s], \"data_offsets\": [%d, %d]}",
              quoted(tensor.name()),
              tensor.dtype(),
              String.join(", ", shape),
              offset,
              offset + tensor.bytes()));
      offset += tensor.bytes();
    }
    String json = "{" + String.join(", ", entries) + "}";
    byte[] header = (json + " ".repeat(-json.length() & 7)).getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
      out.write(header);
      out.setLength(8 + header.length + offset);
    }
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }
}
