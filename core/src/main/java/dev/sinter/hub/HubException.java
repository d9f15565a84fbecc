/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import java.io.IOException;

/** A hub did not answer, or not as it should, which may pass. */
public final class HubException extends IOException {
  private static final long serialVersionUID = 1L;

  HubException(String message) {
    super(message);
  }

  HubException(String message, IOException cause) {
    super(message, cause);
  }
}
