/** What tests of the application share: Spark contexts of several kinds, and runs on them. */
package dev.sinter.testing.spark;
