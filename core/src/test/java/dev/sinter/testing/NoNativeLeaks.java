/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.task.WeightCache;
import dev.sinter.tensor.Torch;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves native memory behind. Found by ServiceLoader, so it watches every test.
 */
public final class NoNativeLeaks implements BeforeEachCallback, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(NoNativeLeaks.class);

  @Override
  public void beforeEach(ExtensionContext context) {
    Torch.load();
    context.getStore(NAMESPACE).put("pointers", Pointer.totalCount());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    WeightCache.clear();
    long before = context.getStore(NAMESPACE).get("pointers", Long.class);
    assertThat(Pointer.totalCount())
        .as("native pointers that outlived the test")
        .isLessThanOrEqualTo(before);
  }
}
