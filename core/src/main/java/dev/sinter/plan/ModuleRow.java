/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.weight.ModuleSource;
import dev.sinter.weight.WeightSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What becomes of a module, and why.
 *
 * @param source its weight in the checkpoint; none if it has none of its own
 * @param plan how it will be represented; none if it stays as it is
 * @param why the rule that decided, or what held it back
 * @param touchedBy the methods that touch it, in order
 */
public record ModuleRow(
    ModuleInfo module,
    Optional<ModuleSource> source,
    Optional<ModulePlan> plan,
    String why,
    List<String> touchedBy) {
  public ModuleRow {
    touchedBy = List.copyOf(touchedBy);
  }

  /** Its name with the numbers of layers and experts left open, where others are like it. */
  public String kind() {
    String name = module.name();
    int first = module.reach() == ModuleInfo.Reach.NAME ? afterFirstNumber(name) : 0;
    return name.substring(0, first) + Siblings.kind(name.substring(first));
  }

  /** A name with the numbers of layers and experts left open. */
  public static String kind(String name) {
    return Siblings.kind(name);
  }

  /** What stands beside the model is told by its number, as further layers are. */
  private static int afterFirstNumber(String name) {
    Matcher number = Pattern.compile("\\.\\d+").matcher(name);
    return number.find() ? number.end() : 0;
  }

  /** The bytes that it takes in the output; what is in codes and not planned becomes dense. */
  public long outputBytes() {
    return plan.map(ModulePlan::outputBytes).or(() -> source.map(ModuleRow::denseBytes)).orElse(0L);
  }

  private static long denseBytes(ModuleSource source) {
    WeightSource weight = source.weight();
    return weight.shape().elements() * weight.dtype().bits() / Byte.SIZE;
  }

  /** The elements of its weight. */
  public long elements() {
    return source.map(found -> found.weight().shape().elements()).orElse(0L);
  }
}
