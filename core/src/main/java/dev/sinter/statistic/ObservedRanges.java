/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import dev.sinter.quantization.ActivationObserver;
import dev.sinter.quantization.QuantizationArgs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What an observer found in each micro-batch, in the order of the samples. Observers that look at
 * all data alike keep one range; those that weigh by order keep all, a few numbers each.
 */
public final class ObservedRanges implements RangeStatistic {
  private final ActivationObserver observer;
  private final List<float[]> found = new ArrayList<>();
  private long sequences;

  ObservedRanges(QuantizationArgs args, int heads) {
    this.observer = new ActivationObserver(args, heads);
  }

  @Override
  public void observe(Tensor x_NC, long count) {
    if (x_NC.size(0) > 0) {
      add(observer.observe(x_NC));
      sequences += count;
    }
  }

  private void add(float[] range) {
    if (observer.isOrdered() || found.isEmpty()) {
      found.add(range);
    } else {
      found.set(0, ActivationObserver.widest(found.get(0), range));
    }
  }

  /** One part, in which micro-batches follow each other: slices then stay in their order. */
  @Override
  public Iterator<Part> parts() {
    int width = observer.width();
    float[] all = new float[found.size() * width];
    for (int i = 0; i < found.size(); i++) {
      System.arraycopy(found.get(i), 0, all, i * width, width);
    }
    return List.of(new Part(0, 0, sequences, all)).iterator();
  }

  @Override
  public void absorb(Part part) {
    int width = observer.width();
    if (part.values().length % width != 0) {
      throw new IllegalArgumentException(
          part.values().length + " numbers are no ranges of " + width);
    }
    for (int start = 0; start < part.values().length; start += width) {
      add(Arrays.copyOfRange(part.values(), start, start + width));
    }
    sequences += part.sequences();
  }

  @Override
  public List<float[]> found() {
    return List.copyOf(found);
  }

  /** The number of sequences seen. */
  public long sequences() {
    return sequences;
  }

  @Override
  public void close() {
    // It holds no native memory.
  }
}
