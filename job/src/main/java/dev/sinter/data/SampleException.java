/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

/** Why a row makes no sample; the message follows the row's place. */
final class SampleException extends Exception {
  private static final long serialVersionUID = 1L;

  SampleException(String message) {
    super(message);
  }
}
