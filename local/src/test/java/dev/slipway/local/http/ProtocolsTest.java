package dev.slipway.local.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.local.json.Json;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How CloudWatch's other protocols are read and written; that clients agree, the wire tests see.
 */
class ProtocolsTest {

  /** Values as in RFC 8949, appendix A, each as the member "a" of a map. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a0                         | {}
          bfff                       | {}
          a1616117                   | {"a":23}
          a161611818                 | {"a":24}
          a161611903e8               | {"a":1000}
          a161611a000f4240           | {"a":1000000}
          a161611b000000e8d4a51000   | {"a":1000000000000}
          a161613903e7               | {"a":-1000}
          a16161f5                   | {"a":true}
          a16161f6                   | {"a":null}
          a16161f93e00               | {"a":1.5}
          a16161fa47c35000           | {"a":100000.0}
          a16161fb3ff199999999999a   | {"a":1.1}
          a16161c11a514b67b0         | {"a":1363896240}
          a1616162c3bc               | {"a":"\u00fc"}
          a161617f657374726561646d696e67ff | {"a":"streaming"}
          a16161820102               | {"a":[1,2]}
          a161619f018202039f0405ffff | {"a":[1,[2,3],[4,5]]}
          bf61610161629f0203ffff     | {"a":1,"b":[2,3]}
          """)
  void readsCbor(String hex, String json) {
    assertThat(Json.write(CborProtocol.input(HexFormat.of().parseHex(hex)))).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource({
    "a1, ends too early",
    "a16161, ends too early",
    "a161611a00, ends too early",
    "a1616178ff61, text of 255",
    "8101, not a map",
    "a161614101, bytes",
    "a16161f8ff, value 24",
    "a161619f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f, too deep",
  })
  void saysWhatIsWrongWithOtherBytes(String hex, String words) {
    assertThatThrownBy(() -> CborProtocol.input(HexFormat.of().parseHex(hex)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }

  @Test
  void writesCborThatItReadsAndTimesAsTimes() {
    String json =
        "{\"text\":\""
            + "x".repeat(300)
            + "\",\"n\":[0,23,24,-1,-1000,5000000000],\"r\":-2.5,"
            + "\"b\":[true,false],\"none\":null,\"in\":{\"StateUpdatedTimestamp\":2.5}}";
    assertThat(Json.write(CborProtocol.input(CborProtocol.output(Json.parseObject(json)))))
        .isEqualTo(json);
    byte[] time = CborProtocol.output(Json.parseObject("{\"ATimestamp\":1767603602}"));
    assertThat(HexFormat.of().formatHex(time)).endsWith("c1fb41da56df64800000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Action=DescribeAlarms&AlarmNames.member.1=a%26b&AlarmNames.member.2=c+d&MaxRecords=5 | \
          {"Action":"DescribeAlarms","AlarmNames":["a&b","c d"],"MaxRecords":5}
          Threshold=2.5&ActionsEnabled=true&Dimensions.member.1.Name=n&Dimensions.member.1.Value=1 | \
          {"Threshold":2.5,"ActionsEnabled":true,"Dimensions":[{"Name":"n","Value":"1"}]}
          AlarmNames.member.2=b&AlarmNames.member.1=a | {"AlarmNames":["a","b"]}
          """)
  void readsForms(String form, String json) {
    assertThat(Json.write(QueryProtocol.input(form))).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource({
    "AlarmNames.member.x=a,   AlarmNames.member.x counts its entries with 'x'",
    "AlarmNames.member.0=a,   AlarmNames.member.0 counts its entries with '0'",
    "AlarmNames.member.1000=a, AlarmNames.member.1000 counts its entries with '1000'",
    "MaxRecords=many,         MaxRecords is not a number: 'many'",
    "A.member.1=a&A.member.1.B=c, A.member.1.B is a text and a structure",
  })
  void saysWhatIsWrongWithOtherForms(String form, String words) {
    assertThatThrownBy(() -> QueryProtocol.input(form))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }

  @Test
  void writesXmlWithTimesAndWithoutMarkupFromOutside() {
    assertThat(
            QueryProtocol.answer(
                "Do",
                Json.parseObject(
                    "{\"At\":[{\"XTimestamp\":1767603602.5,\"Text\":\"<&>\\u0001\"}]}"),
                "id-1"))
        .contains(
            "<DoResult><At><member><XTimestamp>2026-01-05T09:00:02.500Z</XTimestamp>"
                + "<Text>&lt;&amp;&gt; </Text></member></At></DoResult>")
        .endsWith("<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></DoResponse>");
    assertThat(QueryProtocol.error("Wrong", "<a>", true, "id-1"))
        .contains("<Type>Sender</Type><Code>Wrong</Code><Message>&lt;a&gt;</Message>");
  }
}
