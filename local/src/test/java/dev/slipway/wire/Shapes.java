package dev.slipway.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;

/**
 * An answer held against the SDK's model of it. A client leaves out what it does not know and a
 * misspelt member would never be missed: here each member must be one that the SDK knows, of its
 * JSON type.
 */
final class Shapes {

  private Shapes() {}

  /** What the answer has and the model has not, or has otherwise; empty if all fits. */
  static List<String> differences(String where, SdkPojo model, JsonNode answer) {
    List<String> found = new ArrayList<>();
    compare(where, model, answer, found);
    return found;
  }

  private static void compare(String where, SdkPojo model, JsonNode answer, List<String> found) {
    Map<String, SdkField<?>> fields =
        model.sdkFields().stream()
            .collect(Collectors.toMap(SdkField::locationName, Function.identity()));
    answer
        .properties()
        .forEach(member -> {
          SdkField<?> field = fields.get(member.getKey());
          String path = where + "." + member.getKey();
          if (field == null) {
            found.add(path + " is not in the SDK's model");
          } else {
            compare(path, field, member.getValue(), found);
          }
        });
  }

  private static void compare(String path, SdkField<?> field, JsonNode value, List<String> found) {
    MarshallingType<?> type = field.marshallingType();
    if (!fits(type, value)) {
      found.add(path + " is " + value + ", and not of type " + type.getTargetClass());
    } else if (type == MarshallingType.SDK_POJO) {
      compare(path, field.constructor().get(), value, found);
    } else if (type == MarshallingType.LIST) {
      SdkField<?> member = field.getTrait(ListTrait.class).memberFieldInfo();
      value.forEach(one -> compare(path + "[]", member, one, found));
    } else if (type == MarshallingType.MAP) {
      SdkField<?> member = field.getTrait(MapTrait.class).valueFieldInfo();
      value.forEach(one -> compare(path + "{}", member, one, found));
    }
  }

  /** How AWS's JSON protocols write this type; times are numbers, seconds of the epoch. */
  private static boolean fits(MarshallingType<?> type, JsonNode value) {
    if (type == MarshallingType.STRING) {
      return value.isTextual();
    }
    if (type == MarshallingType.INTEGER || type == MarshallingType.LONG) {
      return value.isIntegralNumber();
    }
    if (type == MarshallingType.DOUBLE
        || type == MarshallingType.FLOAT
        || type == MarshallingType.INSTANT) {
      return value.isNumber();
    }
    if (type == MarshallingType.BOOLEAN) {
      return value.isBoolean();
    }
    if (type == MarshallingType.LIST) {
      return value.isArray();
    }
    if (type == MarshallingType.MAP || type == MarshallingType.SDK_POJO) {
      return value.isObject();
    }
    // Bytes are base64, documents anything.
    return type == MarshallingType.DOCUMENT || value.isTextual();
  }
}
