/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.architecture.ModelConfig;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleInfo.Reach;
import dev.sinter.graph.ModuleRule;
import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.testing.SmallCheckpoint;
import dev.sinter.weight.ModuleClasses;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModuleClassesTest {
  @TempDir private Path temp;

  private static ModuleInfo module(String family, String name) {
    return new ModuleClasses(
            new ModelConfig(Json.object("model_type", family, "num_hidden_layers", 4)))
        .of(name);
  }

  @ParameterizedTest
  @CsvSource({
    "qwen3_moe,   model.layers.0.mlp.gate,                     Router",
    "mixtral,     model.layers.0.block_sparse_moe.gate,        Router",
    "gpt_oss,     model.layers.0.mlp.router,                   Router",
    "granitemoe,  model.layers.0.block_sparse_moe.router.layer, Router",
    "hunyuan_v1_moe, model.layers.0.mlp.gate.wg,               Router",
    "qwen2_moe,   model.layers.0.mlp.shared_expert_gate,       Router",
    "qwen2_moe,   model.layers.0.mlp.shared_expert.gate_proj,  Linear",
    "deepseek_v3, model.layers.3.mlp.gate,                     Router",
    "deepseek_v3, model.layers.3.self_attn.kv_a_proj_with_mqa, Linear",
    "llama,       model.embed_tokens,                          Embedding",
    "gpt_neox,    gpt_neox.embed_in,                           Embedding",
    "gpt_neox,    embed_out,                                   Linear",
    "gpt2,        transformer.wte,                             Embedding",
    "gpt2,        transformer.wpe,                             Embedding",
    "gpt2,        transformer.h.0.attn.c_attn,                 Conv1D",
    "gpt2,        transformer.h.0.attn.c_proj,                 Conv1D",
    "gpt2,        transformer.h.0.mlp.c_fc,                    Conv1D",
    "gpt2,        lm_head,                                     Linear",
    "starcoder2,  model.layers.0.mlp.c_fc,                     Linear",
    "opt,         model.decoder.embed_positions,               Embedding",
    "t5,          decoder.block.0.layer.0.relative_attention_bias, Embedding",
    "llama,       lm_head,                                     Linear",
    "olmo,        model.layers.0.some_norm,                    Norm or other",
    "gpt2,        transformer.ln_f,                            Norm or other",
  })
  void classFollowsTheName(String family, String name, String className) {
    assertThat(module(family, name).className()).isEqualTo(className);
  }

  @Test
  void matrixOfOneRowIsNoRouterByItself() throws IOException {
    SmallCheckpoint model =
        new SmallCheckpoint(Json.object("model_type", "afmoe", "dtype", "float32"))
            .with("model.layers.0.mlp.mixing.weight", DType.F32, 1, 64)
            .with("model.layers.0.mlp.gate.wg.weight", DType.F32, 8, 64);

    assertThat(Plans.modules(Plans.of(model.in(temp), "scheme: FP8_DYNAMIC")))
        .containsExactly("model.layers.0.mlp.mixing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.visual.blocks.0.attn.qkv",
        "vision_tower.encoder.layers.0.mlp.fc1",
        "model.vision_model.encoder.layers.0.mlp.fc1",
        "multi_modal_projector.linear_1",
        "audio_tower.layers.0.fc1",
        "mtp.layers.0.self_attn.q_proj",
        "mtp.fc",
        "model.layers.4.self_attn.q_proj",
        "model.layers.61.eh_proj",
        "model.language_model.layers.4.mlp.up_proj",
      })
  void whatStandsBesideTheLanguageModelIsFoundByNameAlone(String name) {
    ModuleInfo module = module("deepseek_v3", name);

    assertThat(module.reach()).isEqualTo(Reach.NAME);
    assertThat(module.className()).isEqualTo(ModuleInfo.LINEAR);
    assertThat(new ModuleRule("Linear").matches(module)).isFalse();
    assertThat(new ModuleRule(name).matches(module)).isTrue();
    assertThat(new ModuleRule("re:" + name.substring(0, 3)).matches(module)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.layers.3.self_attn.q_proj", "lm_head", "model.visually.up_proj"})
  void whatBelongsToItIsFoundByClass(String name) {
    assertThat(new ModuleRule("Linear").matches(module("deepseek_v3", name))).isTrue();
  }

  @Test
  void layersOfTheLanguageModelOfALargerOneAreCounted() {
    Json.Obj config =
        Json.object("model_type", "llava", "text_config", Json.object("num_hidden_layers", 2));
    ModuleClasses classes = new ModuleClasses(new ModelConfig(config));

    assertThat(classes.of("language_model.model.layers.1.mlp.up_proj").reach())
        .isEqualTo(Reach.CLASS);
    assertThat(classes.of("language_model.model.layers.2.mlp.up_proj").reach())
        .isEqualTo(Reach.NAME);
  }

  @Test
  void layersAreAllThereWhereNoNumberIsStated() {
    ModuleClasses classes =
        new ModuleClasses(new ModelConfig(Json.object("model_type", "deepseek_v3")));
    assertThat(classes.of("model.layers.999.mlp.up_proj").reach()).isEqualTo(Reach.CLASS);
  }

  @Test
  void familiesWhoseNamesTellAreKnown() {
    assertThat(new ModuleClasses(new ModelConfig(Json.object("model_type", "gpt2"))).namesTell())
        .isTrue();
    assertThat(new ModuleClasses(new ModelConfig(Json.object("model_type", "made_up"))).namesTell())
        .isFalse();
  }

  @Test
  void conv1dIsQuantizedAsItsTransposeWhenItsClassIsNamed() throws IOException {
    SmallCheckpoint model =
        new SmallCheckpoint(Json.object("model_type", "gpt2", "dtype", "float32"))
            .with("transformer.h.0.mlp.c_fc.weight", DType.F32, 64, 256)
            .with("transformer.h.0.mlp.c_fc.bias", DType.F32, 256)
            .with("transformer.wte.weight", DType.F32, 32, 64);
    Plan plan = Plans.of(model.in(temp), "scheme: FP8_DYNAMIC, targets: [Conv1D]");

    assertThat(Plans.tensors(plan))
        .containsOnlyKeys(
            "transformer.h.0.mlp.c_fc.weight",
            "transformer.h.0.mlp.c_fc.weight_scale",
            "transformer.h.0.mlp.c_fc.bias",
            "transformer.wte.weight")
        .containsEntry("transformer.h.0.mlp.c_fc.weight", "F8_E4M3 [256, 64]")
        .containsEntry("transformer.h.0.mlp.c_fc.weight_scale", "F32 [256, 1]");
    assertThat(plan.notices())
        .contains(
            "1 modules of class Conv1D keep [inputs, outputs]; their codes are written as those of linear modules, [outputs, inputs], which Transformers does not load");
  }

  @Test
  void towerStaysUnlessItIsNamed() throws IOException {
    SmallCheckpoint model =
        new SmallCheckpoint(
                Json.object(
                    "model_type", "qwen2_5_vl", "num_hidden_layers", 1, "dtype", "bfloat16"))
            .with("visual.blocks.0.attn.qkv.weight", DType.BF16, 32, 64)
            .with("model.layers.0.self_attn.q_proj.weight", DType.BF16, 32, 64)
            .with("model.layers.1.self_attn.q_proj.weight", DType.BF16, 32, 64);

    Plan byClass = Plans.of(model.in(temp), "scheme: FP8_DYNAMIC");
    assertThat(Plans.modules(byClass)).containsExactly("model.layers.0.self_attn.q_proj");
    assertThat(byClass.notices())
        .anyMatch(
            notice ->
                notice.startsWith("2 linear modules beside the language model (")
                    && notice.endsWith(
                        ") stay as they are; a target by name or expression would reach them"));
    assertThat(((Json.Arr) Plans.ignored(byClass)).items())
        .contains(
            new Json.Str("visual.blocks.0.attn.qkv"),
            new Json.Str("model.layers.1.self_attn.q_proj"));

    Plan byName = Plans.of(model.in(temp), "scheme: FP8_DYNAMIC, targets: [Linear, 're:visual.*']");
    assertThat(Plans.modules(byName))
        .containsExactlyInAnyOrder("visual.blocks.0.attn.qkv", "model.layers.0.self_attn.q_proj");
  }
}
