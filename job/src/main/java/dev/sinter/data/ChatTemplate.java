/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.template.Limits;
import dev.sinter.template.Template;
import dev.sinter.template.TemplateException;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The template that a checkpoint's chats are written by.
 *
 * @param name the file that it is from, for messages
 * @param tokens the special tokens that it is told, by role
 */
record ChatTemplate(String name, Template template, Map<String, String> tokens) {
  private static final String DEFAULT = "default";
  private static final String MEMBER = "chat_template";
  private static final String TIME = "strftime_now";
  private static final String JINJA = ".jinja";

  /** A template's text and the file that it stands in. */
  private record Source(String file, String text) {}

  /** The template of a checkpoint; an error that says what to do if there is none. */
  static ChatTemplate of(TokenizerFiles files, SpecialTokens tokens) {
    Map<String, Source> sources = sources(files);
    Source source = sources.get(DEFAULT);
    if (source == null) {
      throw new RequestException(files.location() + missing(sources));
    }
    String name = files.location() + "/" + source.file();
    try {
      return new ChatTemplate(name, Template.parse(source.text()), tokens.named());
    } catch (TemplateException e) {
      throw new RequestException(e.problem(name), e);
    }
  }

  private static String missing(Map<String, Source> sources) {
    return sources.isEmpty()
        ? " has no chat template, so chats cannot be tokenized: put one beside the tokenizer as "
            + TokenizerFiles.TEMPLATE
            + ", or take a data set of texts"
        : " has chat templates for "
            + sources.keySet()
            + ", and none is the default: put that as "
            + TokenizerFiles.TEMPLATE;
  }

  /** Files first, all of them; then what stands in the config; then the older file. */
  private static Map<String, Source> sources(TokenizerFiles files) {
    Map<String, Source> sources = new LinkedHashMap<>();
    for (String file : files.files().keySet()) {
      boolean further = file.startsWith(TokenizerFiles.TEMPLATES);
      if (further || file.equals(TokenizerFiles.TEMPLATE)) {
        String name =
            further
                ? file.substring(TokenizerFiles.TEMPLATES.length(), file.length() - JINJA.length())
                : DEFAULT;
        sources.put(name, new Source(file, files.text(file).orElseThrow()));
      }
    }
    for (String file : List.of(TokenizerFiles.CONFIG, TokenizerFiles.OLDER_TEMPLATE)) {
      if (sources.isEmpty()) {
        files.object(file).member(MEMBER).ifPresent(value -> add(file, value, sources));
      }
    }
    return sources;
  }

  /** One template, or a list of those with names. */
  private static void add(String file, Json value, Map<String, Source> sources) {
    if (value instanceof Json.Str text) {
      sources.put(DEFAULT, new Source(file, text.value()));
    } else if (value instanceof Json.Arr list) {
      for (Json item : list.items()) {
        text(item, "name")
            .ifPresent(
                name ->
                    text(item, "template")
                        .ifPresent(text -> sources.put(name, new Source(file, text))));
      }
    }
  }

  private static Optional<String> text(Json item, String member) {
    return item instanceof Json.Obj object && object.members().get(member) instanceof Json.Str text
        ? Optional.of(text.value())
        : Optional.empty();
  }

  /** Whether a checkpoint's template may write the time. */
  static boolean tellsTime(TokenizerFiles files) {
    Source source = sources(files).get(DEFAULT);
    return source != null && source.text().contains(TIME);
  }

  /**
   * A chat, without the beginning of an answer.
   *
   * @param now the time that the template is told
   */
  String render(List<Json.Obj> messages, LocalDateTime now) {
    if (messages.isEmpty()) {
      throw new RequestException("A chat has no messages");
    }
    Map<String, Object> variables = new LinkedHashMap<>(tokens);
    variables.put("messages", messages);
    variables.put("tools", null);
    variables.put("documents", null);
    variables.put("add_generation_prompt", false);
    try {
      return template.render((Json.Obj) Json.of(variables), now, Limits.DEFAULT);
    } catch (TemplateException e) {
      throw new RequestException(e.problem(name), e);
    }
  }
}
