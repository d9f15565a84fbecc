/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.json.Json;
import dev.sinter.testing.TestData;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The constructs of model families, as Jinja2 renders them in Transformers' setting. */
class ChatTemplatesGoldenTest {
  @Test
  void rendersAsTransformersDoes() {
    Json.Obj golden = TestData.json(TestData.golden().resolve("chat-templates.json"));
    LocalDateTime now = LocalDateTime.parse(text(golden, "now"));
    List<Json> cases = ((Json.Arr) golden.members().get("cases")).items();

    assertThat(cases).hasSize(33);
    for (Json item : cases) {
      Json.Obj one = (Json.Obj) item;
      Json.Obj variables =
          one.without("name")
              .without("template")
              .without("expected")
              .with("documents", Json.of(null));
      Template template = Template.parse(text(one, "template"));

      if (one.member("error").isPresent()) {
        assertThatThrownBy(() -> template.render(variables, now, Limits.DEFAULT))
            .as(text(one, "name"))
            .isInstanceOf(TemplateException.class)
            .hasMessageEndingWith(": " + text(one, "error"));
      } else {
        assertThat(template.render(variables, now, Limits.DEFAULT))
            .as(text(one, "name"))
            .isEqualTo(text(one, "expected"));
      }
    }
  }

  private static String text(Json.Obj object, String name) {
    return ((Json.Str) object.members().get(name)).value();
  }
}
