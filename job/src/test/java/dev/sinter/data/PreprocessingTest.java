/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.Columns;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.problem.RequestException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How rows become texts and chats. Expected texts are those of Python's str.format. */
class PreprocessingTest {
  private static Json.Obj row(String json) {
    try {
      return JsonParser.parseObject(json.getBytes(StandardCharsets.UTF_8));
    } catch (JsonSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static RawSample sample(String preprocessing, String row) throws SampleException {
    return Preprocessings.parse(preprocessing).of(row(row));
  }

  private static RawSample text(String text) {
    return new RawSample.Text(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {a} and {b}     | {"a": "x", "b": "y"}                | x and y
          {{{a}}}         | {"a": "x"}                          | {x}
          {a}{a}          | {"a": "x"}                          | xx
          n={n} {f} {t}   | {"n": 3, "f": 2.50, "t": true}      | n=3 2.50 True
          {a[x][1]}       | {"a": {"x": [1, "two"]}}            | two
          {my column}!    | {"my column": "x"}                  | x!
          """)
  void fillsTemplatesAsPython(String template, String row, String expected) throws SampleException {
    assertThat(sample(template, row)).isEqualTo(text(expected));
  }

  @Test
  void readsLineBreaksAsAShellHandsThemOver() throws SampleException {
    assertThat(sample("Q: {q}\\nA:\\t{a}", "{\"q\": \"x\", \"a\": \"y\"}"))
        .isEqualTo(text("Q: x\nA:\ty"));
  }

  @Test
  void aRowWithoutAValueSaysNothing() throws SampleException {
    assertThat(sample("{a} {b}", "{\"a\": null, \"b\": \"y\"}")).isEqualTo(new RawSample.Nothing());
    assertThat(sample("{a} {b}", "{\"a\": \"\", \"b\": \"y\"}")).isEqualTo(text(" y"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {a}        | {"a": [1]}          | has a list as a; name a part of it, such as {a[0]}
          {a[x]}     | {"a": {"y": 1}}     | has no a[x]
          {a[5]}     | {"a": [1]}          | has no a[5]
          """)
  void namesThePartThatIsNoText(String template, String row, String problem) {
    assertThatThrownBy(() -> sample(template, row))
        .isInstanceOf(SampleException.class)
        .hasMessage(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          Q: {q        | The template "Q: {q" has a lone { at 3; write it twice if it is meant as such
          {a!r}        | has {a!r}; what is read is {column}, or {column[name][0]} for a part of one
          {a:>10}      | has {a:>10}; what is read is {column}
          {}           | has {}; what is read is {column}
          f.py:f       | Sinter runs no Python. Write a template with columns in braces
          gsm9k        | is neither a template with columns in braces nor one of [c4, cnn_dailymail
          flickr       | The data set flickr is images
          """)
  void refusesWhatIsNoPreprocessing(String text, String problem) {
    assertThatThrownBy(() -> Preprocessings.parse(text))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void knownSetsHaveTheTextsOfTheReference() throws SampleException {
    assertThat(sample("gsm8k", "{\"question\": \"1+1?\", \"answer\": \"2\"}"))
        .isEqualTo(text("Question: 1+1?\nAnswer: 2"));
    assertThat(sample("cnn_dailymail", "{\"article\": \"a\", \"highlights\": \"h\"}"))
        .isEqualTo(text("Article:\na\n\n### Summarization:\nh\n"));
    assertThat(
            sample("open_platypus", "{\"instruction\": \"i\", \"input\": \"\", \"output\": \"o\"}"))
        .isEqualTo(
            text(
                "Below is an instruction that describes a task. Write a response that appropriately"
                    + " completes the request.\n\n### Instruction:\ni\n\n### Response:\no"));
    assertThat(
            sample(
                "open_platypus", "{\"instruction\": \"i\", \"input\": \"n\", \"output\": \"o\"}"))
        .isEqualTo(
            text(
                "Below is an instruction that describes a task, paired with an input that provides"
                    + " further context. Write a response that appropriately completes the request."
                    + "\n\n### Instruction:\ni\n\n### Input:\nn\n\n### Response:\no"));
    assertThat(sample("evolcodealpaca", "{\"instruction\": \"i\", \"output\": \"o\"}"))
        .isEqualTo(
            text(
                "Below is an instruction that describes a programming task. Write a program that"
                    + " appropriately completes the request.\n\n### Instruction:\ni\n\n### Response:\no"));
    assertThat(Preprocessings.parse("open_platypus").columns())
        .isEqualTo(new Columns.Named(List.of("instruction", "output"), List.of("input")));
  }

  @Test
  void chatsGetASystemMessageWhereTheSetIsTrainedWithOne() throws SampleException {
    String user = "{\"role\":\"user\",\"content\":\"hi\"}";
    String system = "{\"role\":\"system\",\"content\":\"be brief\"}";
    assertThat(sample("ultrachat", "{\"messages\": [" + user + "]}"))
        .isEqualTo(
            new RawSample.Chat(List.of(row("{\"role\":\"system\",\"content\":\"\"}"), row(user))));
    assertThat(sample("ultrachat", "{\"messages\": [" + system + "," + user + "]}"))
        .isEqualTo(new RawSample.Chat(List.of(row(system), row(user))));
  }

  @Test
  void understandsTheMessagesOfShareGpt() throws SampleException {
    RawSample chat =
        sample(
            "perfectblend",
            "{\"conversations\": [{\"from\": \"system\", \"value\": \"s\"},"
                + " {\"from\": \"human\", \"value\": \"h\", \"weight\": 1}, {\"from\": \"gpt\", \"value\": \"g\"}]}");
    assertThat(chat)
        .isEqualTo(
            new RawSample.Chat(
                List.of(
                    row("{\"role\":\"system\",\"content\":\"s\"}"),
                    row("{\"role\":\"user\",\"content\":\"h\"}"),
                    row("{\"role\":\"assistant\",\"content\":\"g\"}"))));
    assertThatThrownBy(
            () ->
                sample(
                    "perfectblend", "{\"conversations\": [{\"from\": \"cat\", \"value\": \"m\"}]}"))
        .isInstanceOf(SampleException.class)
        .hasMessage(
            "conversations[0] is from \"cat\"; known are [assistant, chatgpt, gpt, human, observation, system, tool, user]");
    assertThatThrownBy(() -> sample("ultrachat", "{\"messages\": [{\"content\": \"m\"}]}"))
        .isInstanceOf(SampleException.class)
        .hasMessage("messages[0] has no role; it has [content]");
  }
}
