/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The application's version, from its jar. */
final class Versions implements IVersionProvider {
  static String sinter() {
    return Optional.ofNullable(Versions.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"sinter " + sinter()};
  }
}
