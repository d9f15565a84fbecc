/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

/**
 * A file of a data set.
 *
 * @param path where it is, as Hadoop writes it
 * @param name its path from the data set's root
 * @param version what changes when the content does
 */
record DataFile(String path, String name, long size, String version) {

  /** The data set's root. */
  String root() {
    return path.substring(0, path.length() - name.length());
  }
}
