/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Recipes as trees of data, imports resolved, from wherever they are. */
final class RecipeTrees {
  /** What a text is called that stands in place of a file. */
  private static final String INLINE = "the recipe";

  /** What stands in files of their own in a folder. */
  private static final List<String> SECTIONS =
      List.of(StageReader.QUANTIZE, StageReader.AUTO_QUANTIZE);

  /** What stands beside them in recipe.yml. */
  private static final Set<String> OF_HEAD = Set.of("metadata", "imports");

  private final RecipeFinder finder;
  private final Dialect dialect;
  private final Problems problems;
  private final Consumer<String> notes;

  RecipeTrees(Dialect dialect, Problems problems, Consumer<String> notes) {
    this.finder = new RecipeFinder(dialect, notes);
    this.dialect = dialect;
    this.problems = problems;
    this.notes = notes;
  }

  /** A recipe with its name; empty when there are problems, which are added to. */
  Optional<YamlNode> recipe(String nameOrText) {
    if (isText(nameOrText)) {
      return text(new RecipeText(INLINE, INLINE, ".", nameOrText));
    }
    Optional<RecipeText> builtIn = finder.builtIn(nameOrText);
    if (builtIn.isPresent()) {
      return text(builtIn.get());
    }
    Optional<YamlNode> folder = folder(nameOrText);
    if (folder.isPresent()) {
      return folder;
    }
    Optional<RecipeText> file = finder.file(nameOrText);
    if (file.isEmpty()) {
      notFound(nameOrText);
    }
    return file.flatMap(this::text);
  }

  private static boolean isText(String nameOrText) {
    return nameOrText.contains("\n")
        || nameOrText.stripLeading().startsWith("{")
        || nameOrText.matches("\\s*[A-Za-z_]+\\s*:\\s.*");
  }

  private void notFound(String name) {
    List<String> names = new ArrayList<>(BuiltInRecipes.names());
    names.addAll(BuiltInRecipes.olderNames().keySet());
    problems.add(
        "--recipe "
            + name
            + ": there is no such file, and no built-in recipe of that name."
            + Nearest.hint(name, names)
            + " sinter recipes list shows what is built in");
  }

  /** A file's content, imports resolved. */
  Optional<YamlNode> text(RecipeText file) {
    int before = problems.found().size();
    List<YamlNode> documents = RecipeDocuments.read(file, problems, notes);
    if (documents.isEmpty() && problems.found().size() > before) {
      return Optional.empty();
    }
    if (documents.isEmpty() || (documents.size() == 1 && file.text().isBlank())) {
      problems.add(file.name() + ": the recipe is empty; " + RecipeReader.EXAMPLE);
      return Optional.empty();
    }
    if (dialect == Dialect.STRICT_MODELOPT && documents.size() > 1) {
      problems.add(
          documents.get(1).place(),
          "ModelOpt takes a recipe of one document; snippets may have two");
    }
    Optional<Member> history = history(documents.get(0));
    List<YamlNode> today = new ArrayList<>(documents);
    history.ifPresent(member -> today.set(0, ((Mapping) documents.get(0)).without(member.name())));
    return new Imports(finder, dialect, problems, notes)
        .resolve(file, today)
        .map(
            root ->
                history.isPresent() && root instanceof Mapping m ? m.with(history.get()) : root);
  }

  /** What was done before keeps its imports, of files that may be gone. */
  private static Optional<Member> history(YamlNode root) {
    return root instanceof Mapping recipe ? recipe.member(RecipeReader.HISTORY) : Optional.empty();
  }

  /**
   * A folder with a file for each section: metadata in metadata.yml, or under its own key in
   * recipe.yml, whose imports then serve the other files too. A recipe.yml alone is all of it.
   */
  private Optional<YamlNode> folder(String place) {
    String folder = place.endsWith("/") ? place.substring(0, place.length() - 1) : place;
    Optional<RecipeText> older = finder.inFolder(folder, "recipe");
    Optional<RecipeText> metadata = finder.inFolder(folder, "metadata");
    if (dialect == Dialect.STRICT_MODELOPT) {
      older = Optional.empty();
    }
    Optional<RecipeText> head = metadata.or(() -> finder.inFolder(folder, "recipe"));
    if (head.isEmpty() || (metadata.isEmpty() && older.isEmpty())) {
      return Optional.empty();
    }
    List<YamlNode> documents = RecipeDocuments.read(head.get(), problems, notes);
    if (metadata.isEmpty() && isWhole(documents, folder)) {
      return text(head.get());
    }
    List<Member> members = new ArrayList<>();
    Optional<YamlNode> imports = Optional.empty();
    if (!documents.isEmpty() && documents.get(0) instanceof Mapping said) {
      if (metadata.isPresent()) {
        members.add(new Member("metadata", said.place(), said));
      } else {
        imports = said.value("imports");
        members.addAll(said.without("imports").members());
      }
    }
    for (String section : SECTIONS) {
      Optional<RecipeText> file = finder.inFolder(folder, section);
      if (file.isPresent()) {
        List<YamlNode> body = RecipeDocuments.read(file.get(), problems, notes);
        new Imports(finder, dialect, problems, notes)
            .resolve(file.get(), body, imports)
            .ifPresent(node -> members.add(new Member(section, node.place(), node)));
      }
    }
    if (members.size() < 2 && problems.isEmpty()) {
      problems.add(
          head.get().name()
              + ": a recipe in a folder has quantize.yml beside it, with quant_cfg and algorithm");
      return Optional.of(new Mapping(Place.of(head.get().name()), List.of()));
    }
    return Optional.of(new Mapping(Place.of(head.get().name()), members));
  }

  private boolean isWhole(List<YamlNode> documents, String folder) {
    boolean more =
        !documents.isEmpty()
            && documents.get(documents.size() - 1) instanceof Mapping recipe
            && recipe.members().stream().anyMatch(m -> !OF_HEAD.contains(m.name()));
    return more && SECTIONS.stream().noneMatch(s -> finder.inFolder(folder, s).isPresent());
  }

  /** Values for eval from the command line: YAML, each. */
  Map<String, YamlNode> arguments(Map<String, String> args) {
    Map<String, YamlNode> values = new LinkedHashMap<>();
    args.forEach(
        (name, value) -> {
          String flag = "--recipe-args " + name + "=" + value;
          List<YamlNode> read = YamlReader.read(flag, value, problems, notes);
          values.put(
              name,
              read.isEmpty()
                  ? YamlNode.of(flag, new Json.Null())
                  : read.get(0).moved(old -> Place.of(flag)));
        });
    return values;
  }
}
