/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.TestData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/** What the reference makes of one small matrix under some settings; the files say how. */
record GoldenCase(QuantizationArgs args, DType dtype, Json.Obj file, Json.Obj values) {

  static Stream<GoldenCase> in(String name) {
    Json.Obj file = TestData.json(TestData.golden().resolve("quantization").resolve(name));
    return ((Json.Arr) file.members().get("cases"))
        .items().stream().map(values -> of(file, (Json.Obj) values));
  }

  private static GoldenCase of(Json.Obj file, Json.Obj values) {
    QuantizationArgs args =
        QuantizationArgsReader.weights(
                (Json.Obj) values.members().get("args"),
                (setting, problem) -> {
                  throw new IllegalStateException(problem);
                })
            .orElseThrow();
    return new GoldenCase(args, DType.valueOf(text(values, "dtype")), file, values);
  }

  private static String text(Json.Obj object, String name) {
    return ((Json.Str) object.members().get(name)).value();
  }

  private static byte[] bytes(Json.Obj object, String name) {
    return Base64.getDecoder().decode(text(object, name));
  }

  private static float[] floats(Json.Obj object, String name) {
    byte[] bytes = bytes(object, name);
    float[] floats = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }

  private long size(String name) {
    return ((Json.Num) file.members().get(name)).asLong();
  }

  /** The matrix, in the innermost scope. */
  Tensor weight_RC() {
    return Tensors.to(Tensors.of(floats(file, "weight"), size("rows"), size("columns")), dtype);
  }

  boolean has(String name) {
    return values.members().containsKey(name);
  }

  float[] floats(String name) {
    return floats(values, name);
  }

  byte[] bytes(String name) {
    return bytes(values, name);
  }

  long[] scaleShape() {
    return ((Json.Arr) values.members().get("scale_shape"))
        .items().stream().mapToLong(item -> ((Json.Num) item).asLong()).toArray();
  }

  @Override
  public String toString() {
    return dtype + " " + JsonWriter.compact(values.members().get("args"));
  }
}
