/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonWriter;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import dev.sinter.testing.TestData;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Lists of rules leave on what a few lines of Python say: see rules.py. */
class RandomRulesTest {
  private static List<ModuleInfo> model() {
    List<ModuleInfo> modules = new ArrayList<>();
    modules.add(new ModuleInfo("embed", ModuleInfo.EMBEDDING));
    modules.add(new ModuleInfo("lm_head", ModuleInfo.LINEAR));
    for (int layer = 0; layer < 2; layer++) {
      for (String name : List.of("self_attn.q_proj", "self_attn.k_proj", "mlp.up_proj")) {
        modules.add(new ModuleInfo("layers." + layer + "." + name, ModuleInfo.LINEAR));
      }
    }
    return modules;
  }

  @Test
  void lastRuleThatMatchesDecides() throws Exception {
    byte[] golden = Files.readAllBytes(TestData.golden().resolve("rules.json"));
    List<Json> cases = ((Json.Arr) JsonParser.parse(golden)).items();

    assertThat(cases).hasSize(40);
    for (Json item : cases) {
      List<Json> pair = ((Json.Arr) item).items();
      String section =
          JsonWriter.compact(Json.object("quantize", Json.object("quant_cfg", pair.get(0))));
      Recipe recipe = Recipes.parse("r.json", section);
      Map<String, Json> on = new TreeMap<>();
      ((QuantizerRules) recipe.modifiers().get(0).targets())
          .quantizers(model())
          .forEach(
              (name, state) -> {
                if (state.enabled()) {
                  on.put(
                      name,
                      Json.of(state.attributes().stream().map(RandomRulesTest::bits).toList()));
                }
              });

      assertThat(on).as(section).isEqualTo(((Json.Obj) pair.get(1)).members());
    }
  }

  private static Json bits(QuantizerAttributes attributes) {
    return attributes.bits() instanceof NumberFormat.Int number
        ? Json.of(number.bits())
        : Json.of(attributes.bits().toString());
  }
}
