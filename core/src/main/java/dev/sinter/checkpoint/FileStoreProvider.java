/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import java.net.URI;

/** Opens the folders of a kind of storage; found by ServiceLoader. */
public interface FileStoreProvider {

  /** Whether locations of that URI scheme are this provider's. */
  boolean handles(String scheme);

  FileStore open(URI location);
}
