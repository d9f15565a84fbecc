/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Value;
import dev.sinter.statistic.Part;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Tensor;

/**
 * The statistics of a slice: they take in one micro-batch after the other, and then fall into
 * parts.
 */
public final class SliceStatistics implements AutoCloseable {
  private final List<Observation> observed;
  private final Map<Value, List<Statistic>> byValue = new LinkedHashMap<>();

  /** Of values that have seen nothing yet. */
  public SliceStatistics(List<Observation> observations) {
    this.observed = List.copyOf(observations);
    for (Observation observation : observations) {
      List<Statistic> statistics = new ArrayList<>();
      for (StatisticType type : observation.statistics()) {
        statistics.add(type.empty(observation.value().channels()));
      }
      byValue.put(observation.value(), statistics);
    }
  }

  /** A part, and which statistic of which observation it is of. */
  public record KeyedPart(int observation, int statistic, Part part) {}

  List<Observation> observed() {
    return observed;
  }

  Set<Value> values() {
    return byValue.keySet();
  }

  void observe(Value value, Tensor x_NC, long sequences) {
    byValue.get(value).forEach(statistic -> statistic.observe(x_NC, sequences));
  }

  /** Adds a part of another slice's statistics of the same observations. */
  public void absorb(KeyedPart keyed) {
    Value value = observed.get(keyed.observation()).value();
    byValue.get(value).get(keyed.statistic()).absorb(keyed.part());
  }

  /**
   * The parts of all statistics. Each is made when it is asked for, since together they may not
   * fit; native memory is freed behind the last.
   */
  public Iterator<KeyedPart> parts() {
    return new Parts(sources(type -> true).iterator(), this::close);
  }

  /** The parts of what is not summed up, of the micro-batches since they were last asked for. */
  Iterator<KeyedPart> streamed() {
    return new Parts(sources(StatisticType::isStream).iterator(), () -> {});
  }

  private List<Source> sources(Predicate<StatisticType> wanted) {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < observed.size(); i++) {
      List<Statistic> statistics = byValue.get(observed.get(i).value());
      for (int k = 0; k < statistics.size(); k++) {
        if (wanted.test(observed.get(i).statistics().get(k))) {
          sources.add(new Source(i, k, statistics.get(k)));
        }
      }
    }
    return sources;
  }

  @Override
  public void close() {
    byValue.values().forEach(statistics -> statistics.forEach(Statistic::close));
    byValue.clear();
  }

  private record Source(int observation, int index, Statistic statistic) {}

  private static final class Parts implements Iterator<KeyedPart> {
    private final Iterator<Source> sources;
    private final Runnable end;
    private Source source;
    private Iterator<Part> current = Collections.emptyIterator();

    Parts(Iterator<Source> sources, Runnable end) {
      this.sources = sources;
      this.end = end;
    }

    @Override
    public boolean hasNext() {
      while (!current.hasNext() && sources.hasNext()) {
        source = sources.next();
        current = source.statistic().parts();
      }
      if (!current.hasNext()) {
        end.run();
        return false;
      }
      return true;
    }

    @Override
    public KeyedPart next() {
      if (!hasNext()) {
        throw new NoSuchElementException("All parts were handed out");
      }
      return new KeyedPart(source.observation(), source.index(), current.next());
    }
  }
}
