package dev.slipway.local.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.dynamodb.services.local.shared.access.sqlite.SQLiteLibraryLoader;

class EmbeddedDynamoDbTest {

  /** What README.md promises: a newer DynamoDB Local may bring other libraries. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Linux/x86_64/libsqlite4java.so",
        "Linux/aarch64/libsqlite4java.so",
        "Mac/x86_64/libsqlite4java.dylib",
        "Mac/aarch64/libsqlite4java.dylib",
        "Windows/x86_64/sqlite4java.dll"
      })
  void itsJarHasTheLibraryOfEachPlatformThatIsPromised(String library) {
    assertThat(SQLiteLibraryLoader.class.getResource("native/" + library)).isNotNull();
  }

  @Test
  void elsewhereItSaysWhereItRunsAndThatInstallingGoesWithoutIt() {
    assertThat(EmbeddedDynamoDb.cannotStart("Linux", "riscv64"))
        .contains("does not start on Linux riscv64", "linux/amd64", "mvn package -DskipTests");
  }
}
