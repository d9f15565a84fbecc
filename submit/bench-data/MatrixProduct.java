/* SPDX-License-Identifier: Apache-2.0 */
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Prints how many GFLOP a second this machine's bare matrix products reach, of 2048 x 2048 matrices
 * in a type, on every core at once with one thread each: the best of five rounds.
 */
final class MatrixProduct {
  private static final int SIZE = 2048;
  private static final int ROUNDS = 5;
  private static final int PRODUCTS = 8;

  private MatrixProduct() {}

  public static void main(String[] args) throws InterruptedException {
    ScalarType type = args[0].equals("fp32") ? ScalarType.Float : ScalarType.BFloat16;
    openblas.blas_set_num_threads(1);
    int cores = Runtime.getRuntime().availableProcessors();
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<Thread> threads = new ArrayList<>();
      long start = System.nanoTime();
      for (int i = 0; i < cores; i++) {
        Thread thread = new Thread(() -> multiply(type));
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      best = Math.max(best, 2.0 * SIZE * SIZE * SIZE * PRODUCTS * cores / seconds / 1e9);
    }
    System.out.printf(Locale.ROOT, "%.0f%n", best);
  }

  private static void multiply(ScalarType type) {
    torch.set_num_threads(1);
    try (PointerScope scope = new PointerScope()) {
      new NoGradGuard();
      Tensor a = torch.rand(new long[] {SIZE, SIZE}, new TensorOptions(type));
      Tensor b = torch.rand(new long[] {SIZE, SIZE}, new TensorOptions(type));
      for (int i = 0; i < PRODUCTS; i++) {
        try (PointerScope product = new PointerScope()) {
          torch.mm(a, b);
        }
      }
    }
  }
}
