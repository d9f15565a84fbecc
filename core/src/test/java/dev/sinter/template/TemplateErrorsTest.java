/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.json.Json;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a template is said with its line, and with what may have been meant. */
class TemplateErrorsTest {
  private static final Json.Obj VARIABLES =
      Json.object(
          "messages", List.of(Json.object("role", "user", "content", "Hi")), "tools", null, "n", 7);

  private static TemplateException error(String source) {
    return catchThrowableOfType(
        TemplateException.class,
        () ->
            Template.parse(source)
                .render(VARIABLES, LocalDateTime.of(2026, 1, 2, 3, 4), Limits.DEFAULT));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{{ n ! tojsn }} | Found !, which begins nothing here",
        "{{ messages[0].contnt.x }} | 'dict' has no member 'contnt'. Did you mean content?",
        "{{ messages[0].name + 'x' }} | 'dict' has no member 'name'. It has role, content",
        "{{ mesages.x }} | 'mesages' is undefined",
        "{{ tools.x.y }} | None has no member 'x'.",
        "{{ n is evn }} | There is no test named evn. Did you mean even?",
        "{{ n.upper() }} | 'int' has no member 'upper'.",
        "{{ messages.append(1) }} | append would change a list; templates may set names alone",
        "{{ n() }} | A int cannot be called",
        "{{ range }} | range is a function and has no text; a call may be meant",
        "{{ messages / map('x') }} | 'map' is undefined",
        "{{ 'a' + 1 }} | + cannot take a str and a int",
        "{{ 'a' < 1 }} | < cannot order a str and a int",
        "{{ 1 in 'a' }} | A text contains texts; asked for a int",
        "{{ n[1:] }} | A int cannot be sliced",
        "{{ 1 / 0 }} | The right side of / is zero",
        "{{ raise_exception('no system role') }} | The template refuses this chat: no system role",
        "{% for a, b in [[1]] %}{% endfor %} | There are 2 names for 1 values",
        "{% for a in n %}{% endfor %} | A int has no items that one could go through",
        "{% set n.x = 1 %} | n is a int; attributes can be set of a namespace alone",
        "{% set none = 1 %} | none is a value and cannot be set",
        "{% macro m(a) %}{% endmacro %}{{ m(b=1) }} | m takes no argument b; it takes [a]",
        "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }} | m takes 1 arguments, found 2",
        "{% macro m(a) %}{{ a.b }}{% endmacro %}{{ m() }} | The parameter a of m was not given",
        "{{ self.x }} | Templates here have no self",
        "{{ 'x'.encode() }} | Texts here have no method encode",
        "{% foor x in y %} | There is no tag foor. Did you mean for?",
        "{% include 'x' %} | Templates here have no tag include",
        "{% if n %}a{% endfor %} | Found {% endfor %} where {% elif %} or {% else %} or {% endif %} is due",
        "{% endif %} | Found {% endif %} where nothing is open",
        "{% if n %}a | The template ends before this does; write {% elif %} or {% else %} or {% endif %}",
        "{{ n | This tag has no end; write }}",
        "{{ (n }} | Found } where ) is due",
        "{{ n 1 }} | Found 1 where }} is due",
        "{{ 'a }} | This string has no end; write '",
        "{# a | This comment has no end; write #}",
        "{% raw %} a | This raw block has no end; write {% endraw %}",
        "{% break %} | This stands in no loop",
        "{% for x in n recursive %}{% endfor %} | Loops here are not recursive; a macro may call itself",
        "{{ f(a=1, 2) }} | Arguments come in the order: values, names with =, then * and ** of more",
        "{{ '\\x4' }} | This escape needs 2 digits of a character",
      })
  void saysWhatIsWrong(String source, String message) {
    assertThat(error(source)).hasMessageStartingWith("line 1: " + message);
  }

  @Test
  void namesTheNearestFilter() {
    assertThat(error("{{ n | tojsn }}"))
        .hasMessage("line 1: There is no filter named tojsn. Did you mean tojson?");
    assertThat(error("{{ n | pprint }}"))
        .hasMessage("line 1: Templates here have no filter pprint");
    assertThat(error("{{ 'a\nb' | indent(widht=2) }}"))
        .hasMessage("line 2: indent has no argument widht. Did you mean width?");
    assertThat(error("{{ [1] | map('string') }}"))
        .hasMessage("line 1: The result of map has no text; write | list behind it");
  }

  @Test
  void showsTheLine() {
    TemplateException error = error("a\r\n{% if n %}\r\n  {{ n.x.y }}{% endif %}");

    assertThat(error.line()).isEqualTo(3);
    assertThat(error).hasMessage("line 3: 'int' has no member 'x'.");
    assertThat(error.problem("chat_template.jinja"))
        .isEqualTo(
            """
            chat_template.jinja:3:10: 'int' has no member 'x'.
                  {{ n.x.y }}{% endif %}
                         ^""");
  }

  @Test
  void unknownFiltersMatterWhereTheyRun() {
    assertThat(error("{% if 'nope' is filter %}{{ n | nope }}{% endif %}")).isNull();
    assertThat(error("{{ (n | nope) if 'nope' is filter }}")).isNull();
    assertThat(error("{% if n %}{{ n | nope }}{% endif %}"))
        .hasMessage("line 1: There is no filter named nope.");
  }

  @Test
  void refusesWhatIsNoTemplate() {
    assertThat(error("x".repeat(1_000_001)))
        .hasMessage("line 1: The template has 1000001 characters; at most 1000000 are read");
  }
}
