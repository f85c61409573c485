package dev.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionTest {

  @ParameterizedTest
  @CsvSource({
    "eu-west-1, COMMERCIAL, amazonaws.com",
    "ap-southeast-7, COMMERCIAL, amazonaws.com",
    "us-gov-west-1, COMMERCIAL, amazonaws.com",
    "cn-north-1, CHINA, amazonaws.com.cn",
    "eusc-de-east-1, EUROPEAN_SOVEREIGN, amazonaws.eu",
    "us-iso-east-1, ISO, c2s.ic.gov",
    "us-isob-east-1, ISO_B, sc2s.sgov.gov",
    "eu-isoe-west-1, ISO_E, cloud.adc-e.uk",
    "us-isof-south-1, ISO_F, csp.hci.ic.gov"
  })
  void aRegionBelongsToAPartitionWithADomain(String region, Partition partition, String suffix) {
    assertThat(Partition.isRegion(region)).isTrue();
    assertThat(Partition.of(region)).isEqualTo(partition);
    assertThat(partition.dnsSuffix()).isEqualTo(suffix);
    assertThat(Image.registryOf("123456789012", region))
        .isEqualTo("123456789012.dkr.ecr." + region + "." + suffix);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "eu", "eu-west", "eu-west-1a", "EU-WEST-1", "europe-west-1", "../x-1"})
  void whatIsNoRegionIsTold(String text) {
    assertThat(Partition.isRegion(text)).isFalse();
  }
}
