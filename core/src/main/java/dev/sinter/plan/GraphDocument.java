/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.json.Json;
import java.util.ArrayList;
import java.util.List;

/** What was found of a model's graph, for programs. */
public final class GraphDocument {
  private GraphDocument() {}

  public static Json.Obj json(GraphOutline outline) {
    return Json.object(
        "subgraphs", outline.parts().stream().map(GraphDocument::part).toList(),
        "warnings", outline.notices());
  }

  private static Json part(GraphOutline.Part part) {
    SubgraphOutline outline = part.outline();
    return Json.object(
        "names", part.names(),
        "nodes", outline.nodes(),
        "parameters", outline.parameters(),
        "given", outline.given().stream().map(Json::of).toList(),
        "flow", outline.flow().stream().map(GraphDocument::line).toList(),
        "sent", outline.sent(),
        "sent_channels", outline.sentChannels(),
        "input_groups", inputGroups(outline),
        "smoothing_pairs", pairs(outline),
        "unpaired", unpaired(outline),
        "kv_points", outline.kvPoints().stream().map(GraphDocument::kvPoint).toList());
  }

  private static Json line(FlowLine line) {
    return Json.object(
        "number", line.number(),
        "module", line.module(),
        "what", line.what(),
        "reads", line.reads(),
        "channels", line.channels(),
        "count", line.count());
  }

  private static List<Json> inputGroups(SubgraphOutline outline) {
    List<Json> groups = new ArrayList<>();
    outline
        .inputGroups()
        .forEach((linears, count) -> groups.add(Json.object("linears", linears, "count", count)));
    return groups;
  }

  private static List<Json> pairs(SubgraphOutline outline) {
    List<Json> pairs = new ArrayList<>();
    outline
        .pairs()
        .forEach(
            (pair, count) ->
                pairs.add(
                    Json.object(
                        "producer", pair.producer(),
                        "linears", pair.linears(),
                        "routers", pair.routers(),
                        "count", count)));
    return pairs;
  }

  private static List<Json> unpaired(SubgraphOutline outline) {
    List<Json> modules = new ArrayList<>();
    outline
        .unpaired()
        .forEach((why, linears) -> modules.add(Json.object("linears", linears, "why", why)));
    return modules;
  }

  private static Json kvPoint(SubgraphOutline.KvPoint point) {
    return Json.object(
        "module", point.module(), "key_channels", point.keys(), "value_channels", point.values());
  }
}
