/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import java.util.Iterator;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** How many tokens came by. A part counts them in place of sequences. */
public final class TokenCount implements Statistic {
  private long tokens;

  TokenCount() {}

  @Override
  public void observe(Tensor x_NC, long count) {
    tokens += x_NC.size(0);
  }

  @Override
  public Iterator<Part> parts() {
    return List.of(new Part(0, 0, tokens, new float[0])).iterator();
  }

  @Override
  public void absorb(Part part) {
    tokens += part.sequences();
  }

  public long tokens() {
    return tokens;
  }

  @Override
  public void rescale(float[] factor_C) {
    // Tokens stay as many.
  }

  @Override
  public void close() {
    // It holds no native memory.
  }
}
