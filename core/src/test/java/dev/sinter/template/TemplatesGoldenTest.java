/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.testing.TestData;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Templates of all kinds, many made at random, give what Jinja2 gives: see templates.py. */
class TemplatesGoldenTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 2, 3, 4, 5);

  @Test
  void agreesWithJinja() {
    Json.Obj golden = TestData.json(TestData.golden().resolve("templates.json"));
    Json.Obj variables = (Json.Obj) golden.members().get("variables");
    List<Json> cases = ((Json.Arr) golden.members().get("cases")).items();
    List<String> different = new ArrayList<>();

    for (Json item : cases) {
      List<Json> pair = ((Json.Arr) item).items();
      String template = ((Json.Str) pair.get(0)).value();
      String expected = pair.get(1) instanceof Json.Str text ? text.value() : "an error";
      String rendered = rendered(template, variables);
      boolean error = rendered.startsWith("error: ");
      if (!(pair.get(1) instanceof Json.Str) ? !error : !rendered.equals(expected)) {
        different.add(template + "\n  -> " + rendered + "\n  is " + expected);
      }
    }

    assertThat(cases).hasSizeGreaterThan(1000);
    assertThat(different).isEmpty();
  }

  private static String rendered(String template, Json.Obj variables) {
    try {
      return Template.parse(template).render(variables, NOW, Limits.DEFAULT);
    } catch (TemplateException e) {
      return "error: " + e.getMessage();
    }
  }
}
