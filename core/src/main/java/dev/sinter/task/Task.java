/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import java.io.IOException;
import java.io.Serializable;

/** Work that needs nothing but what it holds and what every task of its run knows. */
public interface Task<R extends Serializable> extends Serializable {
  R run(RunContext run) throws IOException;
}
