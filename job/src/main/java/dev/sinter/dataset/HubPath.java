/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.problem.RequestException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files of a hub's data set as its own libraries write it: {@code
 * hf://datasets/org/name@revision/folder/*.parquet}.
 */
record HubPath(String repository, Optional<String> revision, Optional<String> pattern) {
  private static final Pattern FORM =
      Pattern.compile(
          "hf://datasets/(?<repository>[^/@]+/[^/@]+)(?:@(?<revision>[^/@]+))?(?:/(?<pattern>.+))?");

  static HubPath parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new RequestException(
          "--dataset "
              + text
              + " is no data set of a hub: that is hf://datasets/org/name, with @revision and a file or pattern behind it if need be");
    }
    return new HubPath(
        form.group("repository"),
        Optional.ofNullable(form.group("revision")).map(at -> at.replace("%2F", "/")),
        Optional.ofNullable(form.group("pattern")));
  }
}
