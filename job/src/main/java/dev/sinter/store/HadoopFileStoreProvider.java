/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.store;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStoreProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** Opens any location that Hadoop has a file system for: s3a, hdfs, abfs, gs, dbfs. */
public final class HadoopFileStoreProvider implements FileStoreProvider {
  @Override
  public boolean handles(String scheme) {
    try {
      FileSystem.getFileSystemClass(scheme, HadoopConfiguration.current());
      return true;
    } catch (UnsupportedFileSystemException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for a file system for " + scheme + ":", e);
    }
  }

  @Override
  public FileStore open(URI location) {
    try {
      // The root of a bucket needs its slash to be anything's parent.
      Path folder =
          location.getPath().isEmpty() ? new Path(location.resolve("/")) : new Path(location);
      return new HadoopFileStore(folder.getFileSystem(HadoopConfiguration.current()), folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open " + location, e);
    }
  }
}
