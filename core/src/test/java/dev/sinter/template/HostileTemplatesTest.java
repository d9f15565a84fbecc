/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import java.lang.management.ManagementFactory;
import java.time.LocalDateTime;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates that mean harm end soon, with a fault, on a thread with a small stack. */
class HostileTemplatesTest {
  private static final long STACK = 512 << 10;
  private static final long CPU_SECONDS = 5;

  /** What became of a rendering. */
  private record Outcome(String told, double cpuSeconds) {}

  private static Outcome render(String source, Limits limits) throws InterruptedException {
    AtomicReference<Outcome> outcome = new AtomicReference<>();
    Runnable rendering =
        () -> {
          String told;
          try {
            String text =
                Template.parse(source)
                    .render(Json.object(), LocalDateTime.of(2026, 1, 2, 3, 4), limits);
            told = "rendered " + text.length();
          } catch (TemplateException e) {
            told = e.getMessage();
          }
          long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
          outcome.set(new Outcome(told, cpu / 1e9));
        };
    Thread thread = new Thread(null, rendering, "small stack", STACK);
    thread.start();
    thread.join();
    return outcome.get();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
        "{% for i in range(100000) %}{{ 1.7976931348623157e308 }}{% endfor %}",
        "{% set s = '😀' * 4000000 %}{% for i in range(100000) %}{{ s | length }}{% endfor %}",
        "{% set x = range(100000) | list %}{% for i in x %}{{ x | sort | first }}{% endfor %}",
        "{% set s = 'a' * 100000 %}{% for i in range(100000) %}{{ s ~ 'b' in s }}{% endfor %}",
        "{% set ns = namespace(d={}) %}{% for i in range(100000) %}"
            + "{% set ns.d = dict(ns.d, **{i | string: 1}) %}{% endfor %}",
      })
  void endsWithinSecondsByDefault(String source) throws InterruptedException {
    Outcome outcome = render(source, Limits.DEFAULT);

    assertThat(outcome.told())
        .isEqualTo("line 1: The template takes more than 5000000 steps, the limit");
    assertThat(outcome.cpuSeconds()).isLessThan(CPU_SECONDS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ range(10**9) | list }}",
        "{{ 'a' * 10**9 }}",
        "{{ 'a' * (10**30) }}",
        "{{ [1] * 10**9 }}",
        "{{ (1,) * 10**18 }}",
        "{{ 9 ** 999999999 }}",
        "{{ 2 ** (2 ** 62) }}",
        "{{ 2 ** 1000 * 2 ** 1000 }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(x) %}{{ m(x) }}{{ m(x) }}{% endmacro %}{{ m(1) }}",
        "{% set n = namespace(s='ab') %}{% for i in range(60) %}{% set n.s = n.s + n.s %}{% endfor %}",
        "{% set n = namespace(s=[]) %}{% for i in range(60) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s }}",
        "{% set n = namespace(s=[1], t=[1]) %}{% for i in range(60) %}{% set n.s = [n.s, n.s] %}"
            + "{% set n.t = [n.t, n.t] %}{% endfor %}{{ n.s == n.t }}",
        "{% set n = namespace(s=(1,)) %}{% for i in range(60) %}{% set n.s = (n.s, n.s) %}{% endfor %}{{ {n.s: 1} }}",
        "{% set n = namespace(s=(1,)) %}{% for i in range(9000) %}{% set n.s = (n.s,) %}{% endfor %}{{ {n.s: 1} }}",
        "{% set n = namespace(s=[]) %}{% for i in range(9000) %}{% set n.s = [n.s] %}{% endfor %}{{ n.s | tojson }}",
        "{% set n = namespace(s=[]) %}{% for i in range(9000) %}{% set n.s = n.s + [i] %}{% endfor %}",
        "{% set n = namespace(g=[1]) %}{% for i in range(9000) %}{% set n.g = n.g | map('string') %}{% endfor %}{{ n.g | list }}",
        "{% set n = namespace(g=[1]) %}{% for i in range(9000) %}{% set n.g = n.g | unique %}{% endfor %}{{ n.g | list }}",
        "{% set s = 'a' * 900000 %}{% for i in range(900) %}{% set x = s.upper() %}{% endfor %}",
        "{% set s = 'a' * 900000 %}{{ s.replace('a', s) }}",
        "{% set s = 'a' * 900000 %}{{ s.find('a' * 400000 ~ 'b') }}",
        "{% set s = 'a b ' * 200000 %}{% for i in range(900) %}{% set x = s.split() %}{% endfor %}",
        "{% set s = '1' * 900000 %}{% for i in range(900) %}{{ s | int }}{% endfor %}",
        "{% for i in range(900) %}{% for j in range(900) %}{% set x = 5e-324 == 2 ** 99 %}{% endfor %}{% endfor %}",
        "{{ strftime_now('%c' * 100000) }}",
        "{{ 'x' | center(10**9) }}",
        "{{ 'x'.ljust(10**12) }}",
        "{{ '7'.zfill(10**9) }}",
        "{{ 'a\tb'.expandtabs(10**9) }}",
        "{{ 'a\nb' | indent(10**9) }}",
        "{{ [[1]] | tojson(indent=10**9) }}",
        "{{ [1] | batch(10**9, 0) | list }}",
        "{{ [1] | slice(10**9) | list }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%.999999999f' % 1 }}",
        "{{ '%*d' % (10**9, 1) }}",
        "{{ '{:999999999}'.format(1) }}",
        "{{ '{:.999999999f}'.format(1) }}",
        "{{ 1.5 | round(10**9, 'ceil') }}",
      })
  void meetsALimit(String source) throws InterruptedException {
    Outcome outcome = render(source, new Limits(2_000_000, 500_000, Limits.DEFAULT.depth()));

    assertThat(outcome.told()).containsAnyOf("the limit", "A range has at most 100000 numbers");
    assertThat(outcome.cpuSeconds()).isLessThan(CPU_SECONDS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ (",
        "{{ [",
        "{{ {1:",
        "{{ f(",
        "{{ x[",
        "{{ not ",
        "{{ -",
        "{{ 1 + ",
        "{{ 1 if ",
        "{% if 1 %}",
        "{% for i in [1] %}",
        "{% macro m() %}",
        "{% set (",
        "{% raw %}",
        "{#",
        "{{",
        "{%",
        "{% elif 1 %}",
        "{% endraw ",
        "{{ 'a' ~ ",
        "{{ 1 < ",
        "{{ x.a",
        "{{ x(1)",
        "{{ x|string|",
        " ",
        "{{ '\\x41",
      })
  void repeatedBeginningsAreRefusedSoon(String part) throws InterruptedException {
    for (String end : new String[] {"", "}}", "%}"}) {
      Outcome outcome = render(part.repeat(200_000 / part.length()) + end, Limits.DEFAULT);

      assertThat(outcome.told()).as(part).isNotNull();
      assertThat(outcome.cpuSeconds()).as(part).isLessThan(CPU_SECONDS);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {" + 1", " ~ 1", " and 1", " if 1 else 1", "|string", ".a", "[0]", "(1)", " < 2"})
  void longChainsAreNoDanger(String link) throws InterruptedException {
    Outcome outcome = render("{{ 1" + link.repeat(50_000) + " }}", Limits.DEFAULT);

    assertThat(outcome.told()).isNotNull();
    assertThat(outcome.cpuSeconds()).isLessThan(CPU_SECONDS);
  }
}
