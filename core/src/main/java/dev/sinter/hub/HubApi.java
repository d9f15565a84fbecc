/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.hub.Refusal.Asked;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is asked of a hub's endpoint. Faults that may pass are thrown as such, for retries. */
record HubApi(HubSettings settings, Http http) {
  private static final int LARGEST_LISTING = 64 << 20;

  HubApi(HubSettings settings) {
    this(settings, new Http(settings));
  }

  /** The commit that a revision is, and its files. */
  Listing listing(RepositoryId repository, String revision) throws IOException {
    URI address = address(repository.apiPath() + "/revision/" + encoded(revision));
    try (Answer answer = http.get(address, Map.of())) {
      requireOk(answer, new Asked(repository, revision, Optional.empty()));
      Json.Obj told = JsonParser.parseObject(answer.readAll(LARGEST_LISTING));
      if (told.member("sha").orElse(null) instanceof Json.Str commit
          && told.member("siblings").orElse(null) instanceof Json.Arr siblings) {
        List<String> files = new ArrayList<>();
        for (Json sibling : siblings.items()) {
          files.add(RepositoryPaths.require(name(sibling, answer)));
        }
        return new Listing(
            repository,
            revision,
            RepositoryPaths.requireCommit(commit.value()),
            files,
            Listing.Source.ENDPOINT);
      }
      throw new HubException(answer.where() + " tells no commit (sha) and files (siblings)");
    } catch (JsonSyntaxException e) {
      throw new HubException(
          Http.plain(address)
              + " is no listing of a repository: "
              + e.getMessage()
              + ". Is HF_ENDPOINT a hub, and does no proxy answer in its place?");
    }
  }

  private static String name(Json sibling, Answer answer) throws HubException {
    if (sibling instanceof Json.Obj file
        && file.member("rfilename").orElse(null) instanceof Json.Str name) {
      return name.value();
    }
    throw new HubException(answer.where() + " names a file without rfilename");
  }

  /** What is known of a file before it is fetched. */
  RemoteFile file(Listing listing, String name) throws IOException {
    try (Answer answer = http.head(address(listing, name))) {
      if (answer.redirect().isEmpty()) {
        requireOk(answer, asked(listing, name));
      }
      return RemoteFile.of(name, answer)
          .orElseThrow(
              () ->
                  new HubException(answer.where() + " tells no ETag, by which a content is known"));
    }
  }

  /** The content of a file, from a byte on; a server need not heed where it is to begin. */
  Answer content(Listing listing, String name, long from) throws IOException {
    Map<String, String> range = from == 0 ? Map.of() : Map.of("Range", "bytes=" + from + "-");
    Answer answer = http.get(address(listing, name), range);
    if (answer.status() != Answer.PARTIAL && answer.status() != Answer.RANGE_NOT_SATISFIABLE) {
      requireOk(answer, asked(listing, name));
    }
    return answer;
  }

  /** So many bytes of a file from a position on. */
  byte[] range(Listing listing, String name, long from, int count) throws IOException {
    String range = "bytes=" + from + "-" + (from + count - 1);
    try (Answer answer = http.get(address(listing, name), Map.of("Range", range))) {
      if (answer.status() != Answer.PARTIAL) {
        requireOk(answer, asked(listing, name));
      }
      boolean whole = answer.status() == Answer.OK;
      byte[] bytes = answer.readFully(whole ? from : 0, count);
      if (!whole && !answer.startsAt(from)) {
        throw new HubException(answer.where() + " answered other bytes than were asked for");
      }
      return bytes;
    }
  }

  private static Asked asked(Listing listing, String name) {
    return new Asked(listing.repository(), listing.revision(), Optional.of(name));
  }

  private void requireOk(Answer answer, Asked asked) throws IOException {
    if (answer.status() != Answer.OK) {
      try (answer) {
        new Refusal(settings, asked, answer).raise();
      }
    }
  }

  private URI address(Listing listing, String name) {
    return address(
        listing.repository().path() + "/resolve/" + listing.commit() + "/" + encodedPath(name));
  }

  private URI address(String path) {
    return URI.create(settings.endpoint() + "/" + path);
  }

  private static String encodedPath(String name) {
    return Arrays.stream(name.split("/", -1)).map(HubApi::encoded).collect(Collectors.joining("/"));
  }

  private static String encoded(String element) {
    return URLEncoder.encode(element, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
