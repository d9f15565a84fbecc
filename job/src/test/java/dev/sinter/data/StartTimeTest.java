/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import java.time.LocalDateTime;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StartTimeTest {
  @Test
  void isWhatTheVariableSaysInUtc() {
    assertThat(StartTime.of(Map.of("SOURCE_DATE_EPOCH", "86400")))
        .isEqualTo(new StartTime(LocalDateTime.of(1970, 1, 2, 0, 0), StartTime.Source.REQUEST));
    assertThat(StartTime.of(Map.of()).source()).isEqualTo(StartTime.Source.CLOCK);
    assertThatThrownBy(() -> StartTime.of(Map.of("SOURCE_DATE_EPOCH", "today")))
        .isInstanceOf(RequestException.class)
        .hasMessage("SOURCE_DATE_EPOCH is seconds since 1970, found today");
  }
}
