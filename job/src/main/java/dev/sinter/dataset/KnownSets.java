/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.dataset.KnownSet.ChatWithSystem;
import dev.sinter.dataset.KnownSet.Column;
import dev.sinter.dataset.KnownSet.Preprocessing;
import dev.sinter.dataset.KnownSet.Templates;
import dev.sinter.problem.RequestException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The data sets that llm-compressor knows by name. */
public final class KnownSets {
  private static final Map<String, KnownSet> SETS = new LinkedHashMap<>();

  private static final Map<String, String> REFUSED =
      Map.of(
          "flickr", "images",
          "flickr30k", "images",
          "peoples_speech", "speech");

  private static final String INSTRUCTION =
      "Below is an instruction that describes a task%s. Write a response that appropriately completes the request.\n\n### Instruction:\n{instruction}\n\n";
  private static final String RESPONSE = "### Response:\n{output}";

  static {
    add("c4", "allenai/c4", Optional.of("en"), Map.of(), new Column("text"));
    add(
        "cnn_dailymail",
        "abisee/cnn_dailymail",
        Optional.of("3.0.0"),
        Map.of(),
        templates("Article:\n{article}\n\n### Summarization:\n{highlights}\n"));
    add(
        "evolcodealpaca",
        "theblackcat102/evol-codealpaca-v1",
        Optional.empty(),
        Map.of(),
        templates(
            "Below is an instruction that describes a programming task. Write a program that appropriately completes the request.\n\n### Instruction:\n{instruction}\n\n"
                + RESPONSE));
    add(
        "gsm8k",
        "openai/gsm8k",
        Optional.of("main"),
        Map.of(),
        templates("Question: {question}\nAnswer: {answer}"));
    add(
        "open_platypus",
        "garage-bAInd/Open-Platypus",
        Optional.empty(),
        Map.of(),
        templates(
            String.format(INSTRUCTION, ", paired with an input that provides further context")
                + "### Input:\n{input}\n\n"
                + RESPONSE,
            String.format(INSTRUCTION, "") + RESPONSE));
    add(
        "perfectblend",
        "mlabonne/open-perfectblend",
        Optional.empty(),
        Map.of(),
        new Column("conversations"));
    add(
        "ultrachat_200k",
        "HuggingFaceH4/ultrachat_200k",
        Optional.empty(),
        Map.of("train", "train_sft", "test", "test_sft"),
        new ChatWithSystem("messages"));
    add(
        "wikitext",
        "Salesforce/wikitext",
        Optional.of("wikitext-2-raw-v1"),
        Map.of(),
        new Column("text"));
    SETS.put("ultrachat", SETS.get("ultrachat_200k"));
  }

  private KnownSets() {}

  private static void add(
      String name,
      String repository,
      Optional<String> config,
      Map<String, String> splits,
      Preprocessing preprocessing) {
    SETS.put(name, new KnownSet(name, repository, config, splits, preprocessing));
  }

  private static Templates templates(String... templates) {
    return new Templates(List.of(templates));
  }

  /** The set of that name; one that holds no text is refused. */
  public static Optional<KnownSet> find(String name) {
    if (REFUSED.containsKey(name)) {
      throw new RequestException(
          "The data set "
              + name
              + " is "
              + REFUSED.get(name)
              + "; models of text are calibrated with text");
    }
    return Optional.ofNullable(SETS.get(name));
  }

  /** Every name. */
  public static List<String> names() {
    return List.copyOf(SETS.keySet());
  }
}
