/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import java.util.Optional;

/**
 * A data set that was found.
 *
 * @param known the set of a name of its own that it is, which tells how texts are made of its rows
 */
public record OpenDataset(RowSource rows, Optional<KnownSet> known) {}
