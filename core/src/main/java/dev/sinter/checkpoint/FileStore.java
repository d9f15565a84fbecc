/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * One folder of some storage: a local directory, or a prefix of an object store. Names are single
 * path elements, so no name leads out of the folder; {@link #folder} opens a folder inside. A file
 * appears whole, by {@link PendingFile#commit}.
 */
public interface FileStore {

  /** Where the folder is, as the user would write it. */
  String location();

  /** The folder of that name inside this one; it need not exist. */
  FileStore folder(String name);

  /** Size and version of a file; empty if there is none of that name. */
  Optional<FileInfo> info(String name) throws IOException;

  /** The files directly inside, by name; empty if the folder does not exist. */
  List<FileInfo> list() throws IOException;

  /** Opens a file for reads of ranges. */
  RangeReader open(String name) throws IOException;

  /** Starts a file; nobody sees it before its commit. Missing folders are made. */
  PendingFile create(String name) throws IOException;

  /**
   * Why nothing can be written, where that can be told without trying; nothing if it seems to be.
   */
  default Optional<String> obstacle() {
    return Optional.empty();
  }

  /** Deletes a file; no error if there is none. */
  void delete(String name) throws IOException;

  /** Deletes what writers that were killed have left behind of files that were never committed. */
  void deletePending() throws IOException;

  /** Deletes the folder with all that is in it; no error if there is none. */
  void deleteAll() throws IOException;
}
