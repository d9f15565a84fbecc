/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

/**
 * Which data set is asked for.
 *
 * @param dataset what {@code --dataset} says
 */
public record DatasetRequest(String dataset) {}
