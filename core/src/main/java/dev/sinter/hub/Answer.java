/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Optional;

/** What a server answered to one request. Closing it gives the connection back. */
record Answer(URI address, int status, HttpURLConnection connection) implements AutoCloseable {
  static final int OK = 200;
  static final int PARTIAL = 206;
  static final int RANGE_NOT_SATISFIABLE = 416;

  Optional<String> header(String name) {
    return Optional.ofNullable(connection.getHeaderField(name)).filter(value -> !value.isBlank());
  }

  /** Where it sends the request on, if it does. */
  Optional<String> redirect() {
    boolean sends = status == 301 || status == 302 || status == 303 || status == 307;
    return sends || status == 308 ? header("Location") : Optional.empty();
  }

  /** Bytes of the content; a connection that fails or stalls may do better the next time. */
  int read(byte[] into) throws PassingException {
    try {
      return connection.getInputStream().read(into);
    } catch (IOException e) {
      throw new PassingException(where() + " broke off: " + e.getMessage(), e);
    }
  }

  /** Whether the content is a part that starts there. */
  boolean startsAt(long position) {
    return header("Content-Range").orElse("").startsWith("bytes " + position + "-");
  }

  /** So many bytes of the content, behind some that are passed over; what follows is not read. */
  byte[] readFully(long skip, int count) throws PassingException {
    try {
      InputStream content = connection.getInputStream();
      content.skipNBytes(skip);
      byte[] bytes = content.readNBytes(count);
      if (bytes.length < count) {
        throw new EOFException("it ends early");
      }
      return bytes;
    } catch (IOException e) {
      throw new PassingException(where() + " broke off: " + e.getMessage(), e);
    }
  }

  /** The content, which must be short. */
  byte[] readAll(int most) throws IOException {
    try {
      byte[] content = connection.getInputStream().readNBytes(most + 1);
      if (content.length > most) {
        throw new HubException(where() + " answered more than " + most + " bytes");
      }
      return content;
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw new PassingException(where() + " broke off: " + e.getMessage(), e);
    }
  }

  /** The address for messages: a query may hold a signature. */
  String where() {
    return Http.plain(address);
  }

  /** Java reads what is left of a short content, and uses the connection again. */
  @Override
  public void close() {
    try (InputStream content =
        status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
      // Closing it is all.
    } catch (IOException e) {
      connection.disconnect();
    }
  }
}
