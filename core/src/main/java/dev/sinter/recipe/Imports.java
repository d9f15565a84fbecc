/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlNode.Scalar;
import dev.sinter.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Puts snippets in the place of {@code $import}: names that a file's {@code imports} give to paths,
 * for that file alone. In a map a snippet's members come first, in the order of the names, and
 * those that stand beside win; in a list a snippet that is a list is spliced in, and any other is
 * one element.
 */
final class Imports {
  private static final String IMPORTS = "imports";
  private static final String IMPORT = "$import";
  private static final int MAX_DEPTH = 20;
  private static final int MAX_NODES = 200_000;
  private static final int MAX_FILES = 500;

  private final RecipeFinder finder;
  private final Dialect dialect;
  private final Problems problems;
  private final Consumer<String> notes;
  private int nodes;
  private int files;

  /** What imports come to is more than any recipe is. */
  private static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLarge(String message) {
      super(message, null, false, false);
    }
  }

  Imports(RecipeFinder finder, Dialect dialect, Problems problems, Consumer<String> notes) {
    this.finder = finder;
    this.dialect = dialect;
    this.problems = problems;
    this.notes = notes;
  }

  /** The content of a file of one or two documents, its imports resolved. */
  Optional<YamlNode> resolve(RecipeText file, List<YamlNode> documents) {
    return resolve(file, documents, Optional.empty());
  }

  /** The same of a file that borrows what another file of its recipe imports. */
  Optional<YamlNode> resolve(RecipeText file, List<YamlNode> documents, Optional<YamlNode> names) {
    Scope scope = new Scope(file, new LinkedHashSet<>(Set.of(file.identity())));
    try {
      names.ifPresent(scope::load);
      return scope.file(documents);
    } catch (TooLarge e) {
      problems.add(Place.of(file.name()), e.getMessage());
      return Optional.empty();
    }
  }

  /** One file: the names that it gives to snippets. */
  private final class Scope {
    private final RecipeText file;
    private final Set<String> loading;
    private final Map<String, YamlNode> snippets = new LinkedHashMap<>();
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Set<String> used = new LinkedHashSet<>();

    Scope(RecipeText file, Set<String> loading) {
      this.file = file;
      this.loading = loading;
    }

    Optional<YamlNode> file(List<YamlNode> documents) {
      if (documents.size() > 2) {
        problems.add(
            documents.get(2).place(),
            "a file has one document, or two: imports, and what uses them. This is the third");
        return Optional.empty();
      }
      if (documents.isEmpty()) {
        return Optional.of(new Mapping(Place.of(file.name()), List.of()));
      }
      YamlNode content = documents.get(documents.size() - 1);
      if (documents.size() == 2) {
        header(documents.get(0), content);
      }
      YamlNode body = content;
      if (content instanceof Mapping mapping && mapping.member(IMPORTS).isPresent()) {
        load(mapping.member(IMPORTS).get().value());
        body = mapping.without(IMPORTS);
      }
      YamlNode merged =
          documents.size() == 2
                  && body instanceof Mapping second
                  && documents.get(0) instanceof Mapping first
              ? update(first.without(IMPORTS), second)
              : body;
      YamlNode resolved = resolve(merged);
      snippets.keySet().stream()
          .filter(name -> !used.contains(name))
          .forEach(
              name -> notes.accept(places.get(name).at() + ": nothing uses the import " + name));
      return Optional.of(resolved);
    }

    /** The first of two documents gives names; what else it holds goes with a map alone. */
    private void header(YamlNode header, YamlNode content) {
      if (!(header instanceof Mapping mapping)) {
        if (!header.isNull()) {
          problems.add(
              header.place(),
              "the first of two documents must be a map with imports, not " + header.kind());
        }
        return;
      }
      mapping.value(IMPORTS).ifPresent(this::load);
      if (content instanceof Mapping second) {
        mapping.members().stream()
            .filter(m -> !m.name().equals(IMPORTS) && second.member(m.name()).isPresent())
            .forEach(
                m ->
                    problems.add(
                        second.place(m.name()),
                        "\"" + m.name() + "\" stands in both documents of this file; keep one"));
      }
      if (content instanceof Sequence) {
        mapping.members().stream()
            .filter(member -> !member.name().equals(IMPORTS))
            .forEach(
                member ->
                    problems.add(
                        member.place(),
                        "only imports may stand in front of a list, not \""
                            + member.name()
                            + "\""));
      }
    }

    void load(YamlNode imports) {
      if (!(imports instanceof Mapping names)) {
        problems.add(
            imports.place(),
            "imports must be a map of names to paths, such as fp8: configs/numerics/fp8, not "
                + imports.kind());
        return;
      }
      for (Member member : names.members()) {
        places.put(member.name(), member.place());
        snippet(member).ifPresent(content -> snippets.put(member.name(), content));
      }
    }

    private Optional<YamlNode> snippet(Member member) {
      Optional<RecipeText> found = find(member);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      RecipeText text = found.get();
      Place place = member.value().place();
      if (++files > MAX_FILES) {
        throw new TooLarge("this recipe imports more than " + MAX_FILES + " times");
      }
      if (loading.contains(text.identity()) || loading.size() >= MAX_DEPTH) {
        List<String> chain = new ArrayList<>(loading);
        chain.add(text.identity());
        problems.add(
            place,
            loading.size() >= MAX_DEPTH
                ? "imports within imports, more than " + MAX_DEPTH + " deep"
                : "these files import each other in a circle: "
                    + String.join(" > ", chain).replace("builtin:", "").replace("file:", "")
                    + ". Take one of the imports out");
        return Optional.empty();
      }
      Set<String> deeper = new LinkedHashSet<>(loading);
      deeper.add(text.identity());
      Problems inside = new Problems();
      List<YamlNode> documents = RecipeDocuments.read(text, inside, notes);
      List<String> ways = ways(member);
      String way = ways.stream().map(line -> "\n    " + line).collect(Collectors.joining());
      inside.found().forEach(problem -> problems.add(problem + way));
      if (!inside.isEmpty()) {
        return Optional.empty();
      }
      List<YamlNode> reached =
          documents.stream().map(node -> node.moved(p -> reached(p, ways))).toList();
      if (!reached.isEmpty()) {
        YamlNode content = reached.get(reached.size() - 1);
        SnippetSchema.check(text, ways, content, dialect, problems, notes);
      }
      return new Scope(text, deeper).file(reached);
    }

    /** A snippet within a snippet multiplies. */
    private void count(YamlNode node) {
      if (++nodes > MAX_NODES) {
        throw new TooLarge("with its imports, this recipe has more than 200000 values");
      }
      if (node instanceof Mapping mapping) {
        mapping.members().forEach(member -> count(member.value()));
      } else if (node instanceof Sequence list) {
        list.items().forEach(this::count);
      }
    }

    private List<String> ways(Member member) {
      List<String> ways = new ArrayList<>();
      ways.add("imported as \"" + member.name() + "\" at " + member.place().at());
      ways.addAll(member.place().via());
      return ways;
    }

    private static Place reached(Place place, List<String> ways) {
      Place reached = place;
      for (String way : ways) {
        reached = reached.reached(way);
      }
      return reached;
    }

    private Optional<RecipeText> find(Member member) {
      Place place = member.value().place();
      if (!(member.value().json() instanceof Json.Str path) || path.value().isBlank()) {
        problems.add(
            place,
            "the import "
                + member.name()
                + " must be a path, such as configs/numerics/fp8, not "
                + member.value().kind());
        return Optional.empty();
      }
      String name = path.value();
      if (name.startsWith("/") || name.contains("..") || name.contains(":")) {
        problems.add(
            place,
            "an import names what is built in, or a file below the recipe's folder; "
                + name
                + " leads elsewhere. Put the file beside the recipe");
        return Optional.empty();
      }
      try {
        Optional<RecipeText> found = finder.snippet(name, file);
        if (found.isEmpty()) {
          problems.add(
              place,
              "there is no snippet "
                  + name
                  + ": neither built in nor a file below "
                  + where()
                  + "."
                  + Nearest.hint(name, BuiltInRecipes.names()));
        }
        return found;
      } catch (RequestException e) {
        problems.add(place, e.getMessage());
        return Optional.empty();
      }
    }

    private String where() {
      if (file.isBuiltIn()) {
        return "the library";
      }
      return (file.folder().equals(".") ? "" : file.folder() + " or ") + "the working folder";
    }

    private YamlNode resolve(YamlNode node) {
      if (node instanceof Mapping mapping) {
        return resolve(mapping);
      }
      if (node instanceof Sequence list) {
        List<YamlNode> items = new ArrayList<>();
        list.items().forEach(item -> items.addAll(item(item)));
        return new Sequence(list.place(), items);
      }
      return node;
    }

    private Mapping resolve(Mapping mapping) {
      Optional<Member> marker = mapping.member(IMPORT);
      Mapping whole = mapping;
      if (marker.isPresent()) {
        whole = new Mapping(mapping.place(), List.of());
        for (YamlNode snippet : named(marker.get(), mapping)) {
          if (snippet instanceof Mapping members) {
            whole = update(whole, members);
          } else {
            problems.add(
                marker.get().value().place(),
                "$import in a map needs a snippet that is a map, and this one is "
                    + snippet.kind());
            problems.settle(mapping.place());
          }
        }
        whole = update(whole, mapping.without(IMPORT));
      }
      List<Member> resolved = new ArrayList<>();
      for (Member member : whole.members()) {
        resolved.add(new Member(member.name(), member.place(), resolve(member.value())));
      }
      return new Mapping(mapping.place(), resolved);
    }

    /** An element of a list: itself, or what a snippet puts in its place. */
    private List<YamlNode> item(YamlNode item) {
      if (!(item instanceof Mapping mapping) || mapping.member(IMPORT).isEmpty()) {
        return List.of(resolve(item));
      }
      Member marker = mapping.member(IMPORT).get();
      List<YamlNode> snippets = named(marker, mapping);
      boolean maps = snippets.stream().allMatch(Mapping.class::isInstance);
      if (mapping.members().size() > 1 && !maps) {
        problems.add(
            mapping.members().get(mapping.members().size() - 1).place(),
            "$import of a list takes no further keys: its items stand for themselves");
        return List.of();
      }
      if (maps && mapping.members().size() > 1) {
        return List.of(resolve(mapping));
      }
      List<YamlNode> items = new ArrayList<>();
      for (YamlNode snippet : snippets) {
        if (snippet instanceof Sequence list) {
          items.addAll(list.items());
        } else {
          items.add(snippet);
        }
      }
      return items;
    }

    /** The snippets that a map's marker names; what it names wrongly is a problem. */
    private List<YamlNode> named(Member marker, Mapping mapping) {
      List<YamlNode> names =
          marker.value() instanceof Sequence list ? list.items() : List.of(marker.value());
      List<YamlNode> found = new ArrayList<>();
      for (YamlNode name : names) {
        String text = name instanceof Scalar scalar ? scalar.text() : "";
        used.add(text);
        if (snippets.containsKey(text)) {
          YamlNode snippet = snippets.get(text);
          count(snippet);
          found.add(snippet.moved(p -> p.reached("used at " + marker.place().at())));
        } else if (text.isBlank()) {
          problems.add(
              name.place(),
              IMPORT + " needs the name of an import, such as fp8, not " + name.kind());
        } else if (!places.containsKey(text)) {
          problems.add(
              name.place(),
              places.isEmpty()
                  ? "$import "
                      + name.kind()
                      + ": this file declares no imports. Write imports: {"
                      + text
                      + ": PATH} at its top"
                  : "there is no import "
                      + name.kind()
                      + "."
                      + Nearest.hint(text, places.keySet())
                      + " This file imports: "
                      + String.join(", ", places.keySet()));
        }
      }
      boolean unread = found.stream().anyMatch(node -> problems.isSettled(node.place()));
      if (unread || found.size() < names.size()) {
        problems.settle(mapping.place());
      }
      return found;
    }
  }

  /** As a map that is updated: what comes later wins, key by key. */
  static Mapping update(Mapping base, Mapping later) {
    Mapping updated = base;
    for (Member member : later.members()) {
      updated = updated.with(member);
    }
    return new Mapping(base.members().isEmpty() ? later.place() : base.place(), updated.members());
  }
}
