/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.checkpoint.TensorWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What a hub says of a file.
 *
 * @param etag names the content: of large files its sha256
 * @param size in bytes, if it says so
 */
record RemoteFile(String name, String etag, OptionalLong size) {
  /** Of a file without a size so much is taken, and of one that is read whole. */
  static final long LARGEST_WHOLE = 64L << 20;

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  /** From the headers; those of what is linked to go before those of the answer itself. */
  static Optional<RemoteFile> of(String name, Answer answer) {
    Optional<String> size =
        answer
            .header("X-Linked-Size")
            .or(
                () ->
                    answer.redirect().isEmpty()
                        ? answer.header("Content-Length")
                        : Optional.empty())
            .filter(text -> NUMBER.matcher(text).matches());
    return answer
        .header("X-Linked-Etag")
        .or(() -> answer.header("ETag"))
        .map(RemoteFile::plain)
        .filter(etag -> !etag.isEmpty())
        .map(
            etag ->
                new RemoteFile(
                    name,
                    etag,
                    size.map(text -> OptionalLong.of(Long.parseLong(text)))
                        .orElse(OptionalLong.empty())));
  }

  private static String plain(String etag) {
    return etag.replaceFirst("^W/", "").replace("\"", "");
  }

  /** So many bytes may come, and no more. */
  long most() {
    return size.orElse(LARGEST_WHOLE);
  }

  /** The hash of the content, where the hub tells it. */
  Optional<String> sha256() {
    return Optional.of(etag.toLowerCase(Locale.ROOT))
        .filter(text -> SHA256.matcher(text).matches());
  }

  /** What the cache calls the content: the etag, unless that would be no file's name. */
  String blob() {
    return PLAIN.matcher(etag).matches()
        ? etag
        : TensorWriter.sha256Hex(etag.getBytes(StandardCharsets.UTF_8));
  }
}
