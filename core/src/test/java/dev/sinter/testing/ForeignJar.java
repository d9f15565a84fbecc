/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.modifier.ModifierFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * A jar with a method that no class path of a test holds: the example of docs/extending.md, in a
 * package of its own.
 */
public final class ForeignJar {
  /** The example, as the tests of core are compiled with it. */
  public static final Path EXAMPLE =
      Path.of("../core/src/test/java/com/example/DropModifierFactory.java");

  private ForeignJar() {}

  /** Compiles the example in another package, and packs it with its entry for ServiceLoader. */
  public static Path of(Path folder, String name) throws IOException {
    String source =
        Files.readString(EXAMPLE).replace("package com.example;", "package " + name + ";");
    String factory = name + ".DropModifierFactory";
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Path file = folder.resolve(EXAMPLE.getFileName());
    Files.writeString(file, source);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int code =
        compiler.run(null, null, null, "-cp", classPath, "-d", classes.toString(), file.toString());
    if (code != 0) {
      throw new IllegalStateException("The example does not compile");
    }
    Path service = classes.resolve("META-INF/services/" + ModifierFactory.class.getName());
    Files.createDirectories(service.getParent());
    Files.writeString(service, factory + "\n");
    return pack(classes, folder.resolve("methods.jar"));
  }

  private static Path pack(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        packed.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, packed);
        packed.closeEntry();
      }
    }
    return jar;
  }

  /** Work that may fail as input and output do. */
  public interface Work {
    void run() throws IOException;
  }

  /** Does something on a thread whose class path has those jars, too. */
  public static void with(Work work, Path... jars) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    URL[] urls = new URL[jars.length];
    for (int i = 0; i < jars.length; i++) {
      urls[i] = jars[i].toUri().toURL();
    }
    try (URLClassLoader loader = new URLClassLoader(urls, before)) {
      thread.setContextClassLoader(loader);
      work.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
