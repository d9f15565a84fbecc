/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.json.Json;
import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.recipe.Recipe;
import dev.sinter.session.SampleSource;
import dev.sinter.testing.FaultyStores;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Hessian that does not factor as it is damped is damped more, and everybody is told. */
class RaisedDampeningTest {
  private static final Recipe UNDAMPED =
      Runs.recipe("GPTQModifier", "scheme: W8A16", "dampening_frac: 0");

  private static final String LAYER = "model.layers.0.";

  @TempDir private Path temp;

  @AfterEach
  void heal() {
    FaultyStores.heal();
  }

  /** Far fewer tokens than columns: no Hessian has full rank. */
  private record FewTokens() implements SampleSource {
    @Override
    public Json.Obj identity() {
      return Json.object("tokens", 12);
    }

    @Override
    public List<int[]> samples() {
      return List.of(new int[] {1, 5, 9, 200, 40, 7}, new int[] {3, 11, 90, 2, 64, 8});
    }
  }

  private static OneshotRequest request(Path output) {
    return new OneshotRequest(
        TestData.tinyLlamaFp32().toString(),
        FaultyStores.at(output),
        FaultyStores.at(output.resolve(".sinter")),
        UNDAMPED,
        Optional.of(new FewTokens()),
        Settings.DEFAULT);
  }

  private static List<String> raised(List<String> notices) {
    return notices.stream().filter(notice -> notice.contains("factored")).toList();
  }

  @Test
  void isToldForEachInputAndKeptInTheManifest() throws IOException {
    Path output = temp.resolve("out");

    List<String> notices = raised(Runs.run(request(output)).notices());

    // Four inputs in each of two layers.
    assertThat(notices).hasSize(8);
    assertThat(notices.get(0))
        .matches(
            "model\\.layers\\.0\\.self_attn\\.q_proj, model\\.layers\\.0\\.self_attn\\.k_proj,"
                + " model\\.layers\\.0\\.self_attn\\.v_proj: the Hessian factored only when damped"
                + " by 0\\.0*1 of its mean diagonal, more than was asked for; more calibration data"
                + " would help");
    Json.Obj manifest = TestData.json(output.resolve("sinter.json"));
    assertThat(raised(texts(manifest.members().get("notices")))).isEqualTo(notices);
    Json.Obj figures = figures(manifest, LAYER + "self_attn.q_proj");
    double dampening = ((Json.Num) figures.members().get("raised_dampening")).asDouble();
    assertThat(dampening).isPositive();
    assertThat(notices.get(0)).contains("by " + dampening + " of");
  }

  @Test
  void isToldAgainByARunThatGoesOn() throws IOException {
    List<String> expected = raised(Runs.run(request(temp.resolve("undisturbed"))).notices());
    OneshotRequest request = request(temp.resolve("out"));
    FaultyStores.crashAfter(6);
    assertThatThrownBy(() -> Runs.run(request)).isInstanceOf(FaultyStores.Crash.class);
    FaultyStores.heal();

    assertThat(raised(Runs.run(request).notices())).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static List<String> texts(Json array) {
    return ((Json.Arr) array).items().stream().map(item -> ((Json.Str) item).value()).toList();
  }

  private static Json.Obj figures(Json.Obj manifest, String module) {
    return ((Json.Arr) manifest.members().get("modules"))
        .items().stream()
            .map(row -> (Json.Obj) row)
            .filter(row -> ((Json.Str) row.members().get("module")).value().equals(module))
            .map(row -> (Json.Obj) row.members().get("figures"))
            .findFirst()
            .orElseThrow();
  }
}
