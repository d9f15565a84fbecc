/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A file of a data set.
 *
 * @param path where it is, as Hadoop writes it
 * @param name its path from the data set's root
 * @param version what changes when the content does
 */
record DataFile(String path, String name, long size, String version) {

  /** Columns whose values are in the path: {@code .../date=2024/part.parquet}. */
  Set<String> folderColumns() {
    return Arrays.stream(path.split("/", -1))
        .filter(part -> part.contains("="))
        .map(part -> part.substring(0, part.indexOf('=')))
        .collect(Collectors.toSet());
  }

  /** The data set's root. */
  String root() {
    return path.substring(0, path.length() - name.length());
  }
}
