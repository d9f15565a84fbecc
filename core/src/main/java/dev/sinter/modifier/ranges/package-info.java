/**
 * Methods that search the range of each scale of a weight: ModelOpt's mse, local_hessian and
 * awq_clip.
 */
package dev.sinter.modifier.ranges;
