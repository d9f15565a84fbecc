/* SPDX-License-Identifier: Apache-2.0 */
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Writes a random bf16 Llama: {@code java MakeCheckpoint.java [--shape 8b] --gib N DIR} with as many
 * layers as make about N GiB, or {@code --layers N} with so many. The shape {@code experts} is a Qwen
 * 3 with 64 experts in each layer, 8 of them for a token. The same arguments give the same bytes. The
 * folder appears when all of it is written.
 */
final class MakeCheckpoint {
  private static final double SIGMA = 0.02;
  private static final long SEED = 20260101;
  private static final long SHARD_BYTES = 512L << 20;
  private static final int CHUNK_BYTES = 4 << 20;
  private static final double SMALLEST_GIB = 0.5;

  /** What the weights are drawn from: bf16 values of equal probability, one for each 16 bits. */
  private static final short[] QUANTILES = quantiles();

  /** The sizes of a model whose number of layers is open. */
  private record Sizes(
      int hidden, int intermediate, int heads, int keyHeads, int vocabulary, int experts) {
    Sizes(int hidden, int intermediate, int heads, int keyHeads, int vocabulary) {
      this(hidden, intermediate, heads, keyHeads, vocabulary, 0);
    }

    boolean isMixture() {
      return experts > 0;
    }

    static Sizes of(String shape) {
      return switch (shape) {
        case "8b" -> new Sizes(4096, 14336, 32, 8, 32000);
        case "1b" -> new Sizes(2048, 8192, 32, 8, 128256);
        case "small" -> new Sizes(1024, 2816, 16, 8, 32000);
        case "tiny-vocabulary" -> new Sizes(1024, 2816, 16, 8, 2048);
        case "experts" -> new Sizes(512, 768, 8, 4, 2048, 64);
        default ->
            throw new IllegalArgumentException(
                "--shape is 8b, 1b, small, tiny-vocabulary or experts, not " + shape);
      };
    }
  }

  private final Sizes sizes;
  private final List<Tensor> tensors;
  private final List<Shard> shards;
  private final int layers;
  private final int vocabulary;

  private MakeCheckpoint(Sizes sizes, int layers, int vocabulary) {
    this.sizes = sizes;
    this.layers = layers;
    this.vocabulary = vocabulary;
    this.tensors = tensors();
    this.shards = shards();
  }

  private static MakeCheckpoint ofBytes(Sizes sizes, double gib) {
    long asked = (long) (gib * (1L << 30));
    MakeCheckpoint one = new MakeCheckpoint(sizes, 1, sizes.vocabulary);
    long layer = bytes(one.layer(0));
    long ends = bytes(one.ends());
    int layers = (int) Math.max(1, Math.round((double) (asked - ends) / layer));
    // What is too small for a layer and the whole vocabulary gets less of the vocabulary.
    long words = (asked - layer) / (2L * sizes.hidden * Short.BYTES);
    return new MakeCheckpoint(
        sizes,
        layers,
        layers > 1 ? sizes.vocabulary : (int) Math.min(sizes.vocabulary, words / 64 * 64));
  }

  public static void main(String[] args) throws IOException {
    String shape = "8b";
    int next = 0;
    if (args.length > 1 && args[0].equals("--shape")) {
      shape = args[1];
      next = 2;
    }
    boolean gib = args.length == next + 3 && args[next].equals("--gib");
    if (!gib && !(args.length == next + 3 && args[next].equals("--layers"))) {
      fail("usage: java MakeCheckpoint.java [--shape 8b|1b|small|tiny-vocabulary|experts] --gib N|--layers N DIR");
    }
    double size = Double.parseDouble(args[next + 1]);
    if (!(size >= (gib ? SMALLEST_GIB : 1))) {
      fail(args[next] + " must be at least " + (gib ? SMALLEST_GIB : 1) + ", not " + size);
    }
    Path folder = Path.of(args[next + 2]).toAbsolutePath().normalize();
    if (Files.exists(folder)) {
      fail(folder + " is there already; name a new folder");
    }
    Path unfinished = folder.resolveSibling(folder.getFileName() + ".unfinished");
    deleteFolder(unfinished);
    Files.createDirectories(unfinished);
    Sizes sizes = Sizes.of(shape);
    MakeCheckpoint checkpoint =
        gib ? ofBytes(sizes, size) : new MakeCheckpoint(sizes, (int) size, sizes.vocabulary);
    checkpoint.write(unfinished);
    Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void fail(String message) {
    System.err.println("MakeCheckpoint: " + message);
    System.exit(2);
  }

  /** A tensor, and where its stream of random numbers starts. */
  private record Tensor(String name, List<Integer> shape, long seed) {
    static Tensor of(String name, Integer... shape) {
      return new Tensor(name, List.of(shape), SEED ^ ((long) name.hashCode() << 32));
    }

    long bytes() {
      return shape.stream().mapToLong(size -> size).reduce(Short.BYTES, Math::multiplyExact);
    }

    boolean isNorm() {
      return shape.size() == 1;
    }
  }

  /** A file of tensors, which lie in it one behind the other. */
  private record Shard(String file, List<Tensor> tensors) {
    ByteBuffer header() {
      StringBuilder json = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
      long start = 0;
      for (Tensor tensor : tensors) {
        long end = start + tensor.bytes();
        json.append(",\"" + tensor.name() + "\":{\"dtype\":\"BF16\",\"shape\":" + tensor.shape());
        json.append(",\"data_offsets\":[" + start + "," + end + "]}");
        start = end;
      }
      json.append('}');
      json.append(" ".repeat(-json.length() & 7));
      byte[] text = json.toString().getBytes(StandardCharsets.US_ASCII);
      return ByteBuffer.allocate(Long.BYTES + text.length)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(text.length)
          .put(text)
          .flip();
    }
  }

  private List<Tensor> tensors() {
    List<Tensor> ends = ends();
    List<Tensor> all = new ArrayList<>(ends.subList(0, 1));
    for (int index = 0; index < layers; index++) {
      all.addAll(layer(index));
    }
    all.addAll(ends.subList(1, ends.size()));
    return all;
  }

  private List<Tensor> layer(int index) {
    String layer = "model.layers." + index + ".";
    int hidden = sizes.hidden;
    int intermediate = sizes.intermediate;
    int headChannels = hidden / sizes.heads;
    int keyValue = headChannels * sizes.keyHeads;
    List<Tensor> all = new ArrayList<>();
    all.add(Tensor.of(layer + "self_attn.q_proj.weight", hidden, hidden));
    all.add(Tensor.of(layer + "self_attn.k_proj.weight", keyValue, hidden));
    all.add(Tensor.of(layer + "self_attn.v_proj.weight", keyValue, hidden));
    all.add(Tensor.of(layer + "self_attn.o_proj.weight", hidden, hidden));
    if (sizes.isMixture()) {
      all.add(Tensor.of(layer + "self_attn.q_norm.weight", headChannels));
      all.add(Tensor.of(layer + "self_attn.k_norm.weight", headChannels));
      all.add(Tensor.of(layer + "mlp.gate.weight", sizes.experts, hidden));
      for (int expert = 0; expert < sizes.experts; expert++) {
        all.addAll(mlp(layer + "mlp.experts." + expert + "."));
      }
    } else {
      all.addAll(mlp(layer + "mlp."));
    }
    all.add(Tensor.of(layer + "input_layernorm.weight", hidden));
    all.add(Tensor.of(layer + "post_attention_layernorm.weight", hidden));
    return all;
  }

  private List<Tensor> mlp(String prefix) {
    return List.of(
        Tensor.of(prefix + "gate_proj.weight", sizes.intermediate, sizes.hidden),
        Tensor.of(prefix + "up_proj.weight", sizes.intermediate, sizes.hidden),
        Tensor.of(prefix + "down_proj.weight", sizes.hidden, sizes.intermediate));
  }

  private List<Tensor> ends() {
    return List.of(
        Tensor.of("model.embed_tokens.weight", vocabulary, sizes.hidden),
        Tensor.of("model.norm.weight", sizes.hidden),
        Tensor.of("lm_head.weight", vocabulary, sizes.hidden));
  }

  private static long bytes(List<Tensor> tensors) {
    return tensors.stream().mapToLong(Tensor::bytes).sum();
  }

  /** The tensors in their order, each shard filled up before the next, as Transformers does it. */
  private List<Shard> shards() {
    List<List<Tensor>> parts = new ArrayList<>();
    long left = 0;
    for (Tensor tensor : tensors) {
      if (tensor.bytes() > left) {
        parts.add(new ArrayList<>());
        left = SHARD_BYTES;
      }
      parts.get(parts.size() - 1).add(tensor);
      left -= tensor.bytes();
    }
    List<Shard> files = new ArrayList<>();
    for (List<Tensor> part : parts) {
      int number = files.size() + 1;
      files.add(new Shard(text("model-%05d-of-%05d.safetensors", number, parts.size()), part));
    }
    return files;
  }

  private void write(Path folder) throws IOException {
    List<String> map = new ArrayList<>();
    for (Shard shard : shards) {
      write(folder, shard);
      shard
          .tensors()
          .forEach(tensor -> map.add(text("\"%s\": \"%s\"", tensor.name(), shard.file())));
    }
    String index =
        """
        {
          "metadata": {
            "total_size": %d
          },
          "weight_map": {
            %s
          }
        }
        """;
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        text(index, bytes(tensors), String.join(",\n    ", map)));
    Files.writeString(folder.resolve("config.json"), config());
    Files.writeString(
        folder.resolve("generation_config.json"),
        """
        {
          "_from_model_config": true,
          "bos_token_id": 1,
          "eos_token_id": 2
        }
        """);
  }

  private static void write(Path folder, Shard shard) throws IOException {
    Path path = folder.resolve(shard.file());
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer header = shard.header();
      long position = header.remaining();
      writeFully(file, header, 0);
      List<Runnable> fills = new ArrayList<>();
      for (Tensor tensor : shard.tensors()) {
        long start = position;
        fills.add(() -> fill(file, start, tensor));
        position += tensor.bytes();
      }
      fills.parallelStream().forEach(Runnable::run);
    }
  }

  private static void fill(FileChannel file, long start, Tensor tensor) {
    SplittableRandom random = new SplittableRandom(tensor.seed());
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    short one = bf16(1);
    try {
      for (long done = 0; done < tensor.bytes(); done += chunk.limit()) {
        chunk.clear().limit((int) Math.min(CHUNK_BYTES, tensor.bytes() - done));
        while (chunk.hasRemaining()) {
          // Four weights at a time: every size here is a multiple of four.
          long bits = random.nextLong();
          for (int i = 0; i < 4; i++, bits >>>= 16) {
            chunk.putShort(tensor.isNorm() ? one : QUANTILES[(int) bits & 0xffff]);
          }
        }
        writeFully(file, chunk.flip(), start + done);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeFully(FileChannel file, ByteBuffer bytes, long position)
      throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  private String config() {
    return sizes.isMixture() ? mixtureConfig() : llamaConfig();
  }

  private String mixtureConfig() {
    String config =
        """
        {
          "architectures": [
            "Qwen3MoeForCausalLM"
          ],
          "attention_bias": false,
          "bos_token_id": 1,
          "decoder_sparse_step": 1,
          "eos_token_id": 2,
          "head_dim": %d,
          "hidden_act": "silu",
          "hidden_size": %d,
          "initializer_range": %s,
          "intermediate_size": %d,
          "max_position_embeddings": 8192,
          "mlp_only_layers": [],
          "model_type": "qwen3_moe",
          "moe_intermediate_size": %d,
          "norm_topk_prob": true,
          "num_attention_heads": %d,
          "num_experts": %d,
          "num_experts_per_tok": 8,
          "num_hidden_layers": %d,
          "num_key_value_heads": %d,
          "rms_norm_eps": 1e-06,
          "rope_theta": 1000000.0,
          "tie_word_embeddings": false,
          "torch_dtype": "bfloat16",
          "use_cache": true,
          "vocab_size": %d
        }
        """;
    return text(
        config,
        sizes.hidden / sizes.heads,
        sizes.hidden,
        SIGMA,
        4 * sizes.hidden,
        sizes.intermediate,
        sizes.heads,
        sizes.experts,
        layers,
        sizes.keyHeads,
        vocabulary);
  }

  private String llamaConfig() {
    String config =
        """
        {
          "architectures": [
            "LlamaForCausalLM"
          ],
          "attention_bias": false,
          "bos_token_id": 1,
          "eos_token_id": 2,
          "hidden_act": "silu",
          "hidden_size": %d,
          "initializer_range": %s,
          "intermediate_size": %d,
          "max_position_embeddings": 8192,
          "mlp_bias": false,
          "model_type": "llama",
          "num_attention_heads": %d,
          "num_hidden_layers": %d,
          "num_key_value_heads": %d,
          "rms_norm_eps": 1e-05,
          "rope_theta": 500000.0,
          "tie_word_embeddings": false,
          "torch_dtype": "bfloat16",
          "use_cache": true,
          "vocab_size": %d
        }
        """;
    return text(
        config,
        sizes.hidden,
        SIGMA,
        sizes.intermediate,
        sizes.heads,
        layers,
        sizes.keyHeads,
        vocabulary);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /**
   * The normal distribution's 65536 quantiles at (i + 1/2) / 65536, by summing up its density in
   * small steps from far out to the middle; the other half is its mirror image.
   */
  private static short[] quantiles() {
    short[] quantiles = new short[1 << 16];
    double step = 1e-5;
    double below = 0;
    double x = -6;
    for (int i = 0; i < quantiles.length / 2; i++) {
      for (; below < (i + 0.5) / quantiles.length; x += step) {
        // StrictMath: the last bit must not depend on the machine.
        double middle = x + step / 2;
        below += StrictMath.exp(-middle * middle / 2) / StrictMath.sqrt(2 * Math.PI) * step;
      }
      quantiles[i] = bf16((float) (SIGMA * x));
      quantiles[quantiles.length - 1 - i] = bf16((float) (-SIGMA * x));
    }
    return quantiles;
  }

  /** Rounds to bf16, half to even. */
  private static short bf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  private static void deleteFolder(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }
}
