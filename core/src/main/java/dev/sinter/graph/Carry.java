/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

/**
 * What becomes of an operation's output when the channels of one of its inputs are multiplied by
 * positive factors, each channel by its own.
 */
public sealed interface Carry {
  /** The channels of the output are multiplied by the same factors. */
  Carry THROUGH = new Through();

  /** The output stays as it is: nothing but the shape or the type of the input is looked at. */
  Carry UNREAD = new Unread();

  /** The input decides how others are mixed, and would do so otherwise. */
  Carry STEERS = new Steers();

  /** See {@link #THROUGH}. */
  record Through() implements Carry {}

  /** The output is channels that are picked, multiplied by the factors of those. */
  record Picked(ChannelPick pick) implements Carry {}

  /** The output stays as it is if the columns of a module's weight are divided by the factors. */
  record Absorbed(String module) implements Carry {}

  /** See {@link #UNREAD}. */
  record Unread() implements Carry {}

  /** See {@link #STEERS}. */
  record Steers() implements Carry {}

  /** No factors on the output make up for those on the input. */
  record Lost(String why) implements Carry {}
}
