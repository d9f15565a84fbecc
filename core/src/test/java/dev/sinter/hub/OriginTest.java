/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which repository and commit the folders of a cache tell. */
class OriginTest {
  @Test
  void aSnapshotTellsWhereItIsFrom() {
    assertThat(Origin.of("/h/hub/models--org--name/snapshots/c0ffee"))
        .contains(new Origin("org/name", "c0ffee"));
    assertThat(Origin.of("file:/h/datasets--gsm8k/snapshots/c0ffee/"))
        .contains(new Origin("gsm8k", "c0ffee"));
  }

  @Test
  void otherFoldersTellNothing() {
    assertThat(Origin.of("/h/models--org--name/snapshots")).isEmpty();
    assertThat(Origin.of("/h/models--org--name/snapshots/a/b")).isEmpty();
    assertThat(Origin.of("/h/model/snapshots/c0ffee")).isEmpty();
  }
}
