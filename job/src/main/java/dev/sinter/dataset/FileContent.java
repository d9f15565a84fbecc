/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.store.HadoopConfiguration;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** The beginning of a file of a data set, as Spark reads it: uncompressed, without a mark. */
final class FileContent {
  /** Of a longer line nothing is seen. */
  private static final int LONGEST_LINE = 16 << 20;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private FileContent() {}

  /** A line, and how many stand before it. */
  static final class Line {
    private final long before;
    private final byte[] content;

    private Line(long before, byte[] content) {
      this.before = before;
      this.content = content;
    }

    long before() {
      return before;
    }

    byte[] content() {
      return content;
    }
  }

  static InputStream open(DataFile file) throws IOException {
    Configuration configuration = HadoopConfiguration.current();
    Path path = new Path(file.path());
    CompressionCodec codec = new CompressionCodecFactory(configuration).getCodec(path);
    InputStream stored = path.getFileSystem(configuration).open(path);
    InputStream content =
        new BufferedInputStream(codec == null ? stored : codec.createInputStream(stored));
    content.mark(BYTE_ORDER_MARK.length);
    if (!Arrays.equals(content.readNBytes(BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)) {
      content.reset();
    }
    return content;
  }

  /** The first line with more than blanks; empty if there is none. */
  static Optional<Line> firstLine(DataFile file) throws IOException {
    try (InputStream content = open(file)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long lines = 0;
      for (int next = content.read(); next >= 0; next = content.read()) {
        if (next != '\n' && next != '\r') {
          line.write(next);
        } else if (!RowParser.isBlank(line.toByteArray())) {
          break;
        } else {
          line.reset();
          lines += next == '\n' ? 1 : 0;
        }
        if (line.size() > LONGEST_LINE) {
          throw new IOException("A line of more than " + LONGEST_LINE + " bytes");
        }
      }
      return RowParser.isBlank(line.toByteArray())
          ? Optional.empty()
          : Optional.of(new Line(lines, line.toByteArray()));
    }
  }
}
