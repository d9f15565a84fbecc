/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Work and results as bytes. Spark sends data by the serializer that its user configured, which may
 * not know records; bytes pass through any.
 */
public final class Wire {
  private Wire() {}

  public static byte[] encode(Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** What the driver or a task of the same application encoded. */
  public static <T> T decode(byte[] bytes, Class<T> type) {
    try (ObjectInputStream in = new ContextObjectInputStream(bytes)) {
      return type.cast(in.readObject());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("Driver and executors run different versions of Sinter", e);
    }
  }

  /** A dataset with a partition for each item. */
  static JavaRDD<byte[]> distribute(JavaSparkContext spark, List<?> items) {
    return spark.parallelize(items.stream().map(Wire::encode).toList(), items.size());
  }

  /** Finds classes where Spark has put the application's jars. */
  private static final class ContextObjectInputStream extends ObjectInputStream {
    ContextObjectInputStream(byte[] bytes) throws IOException {
      super(new ByteArrayInputStream(bytes));
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(
            description.getName(), false, Thread.currentThread().getContextClassLoader());
      } catch (ClassNotFoundException e) {
        return super.resolveClass(description);
      }
    }
  }
}
