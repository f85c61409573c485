package dev.slipway.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Enumeration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Makes the account speak HTTPS, as AWS does: what a process needs for its first handshake belongs
 * to its cold start. The certificate is made for one run and is its own authority; clients get it
 * added to all that the JDK trusts, so that they read as long a list as they would in Lambda.
 */
final class Tls {

  private static final String PASSWORD = "changeit";
  private static final String ALIAS = "bench";

  private final Path trustStore;
  private final Path bundle;
  private final SSLContext context;

  /**
   * @param work a folder to write to
   */
  Tls(Path work) {
    Path folder = work.resolve("tls");
    Path keys = folder.resolve("server.p12");
    trustStore = folder.resolve("trusted");
    bundle = folder.resolve("trusted.pem");
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(keys);
      keytool(
          "-genkeypair -alias %s -keyalg RSA -keysize 2048 -dname CN=127.0.0.1 -ext SAN=ip:127.0.0.1 -validity 2 -keystore %s"
              .formatted(ALIAS, keys));
      KeyStore server = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
      Path certificate = folder.resolve("server.pem");
      Files.writeString(certificate, pem(server.getCertificate(ALIAS)));
      Path trusted = Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");
      Files.deleteIfExists(trustStore);
      Files.copy(trusted, trustStore, StandardCopyOption.REPLACE_EXISTING);
      trustStore.toFile().setWritable(true);
      keytool(
          "-importcert -noprompt -alias %s -file %s -keystore %s"
              .formatted(ALIAS, certificate, trustStore));
      Files.writeString(bundle, bundle(KeyStore.getInstance(trustStore.toFile(), (char[]) null)));
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(server, PASSWORD.toCharArray());
      context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot make a certificate", e);
    }
  }

  /** For the server. */
  SSLContext context() {
    return context;
  }

  /** For a JVM that calls the account. */
  List<String> flags() {
    return List.of("-Djavax.net.ssl.trustStore=" + trustStore);
  }

  /** For a client that is not Java: what it trusts, as PEM. */
  Path bundle() {
    return bundle;
  }

  private static void keytool(String arguments) throws IOException {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    ProcessBuilder builder = new ProcessBuilder(keytool.toString());
    builder.command().addAll(List.of(arguments.split(" ")));
    builder.command().addAll(List.of("-storepass", PASSWORD));
    Process process = builder.redirectErrorStream(true).start();
    try (InputStream said = process.getInputStream()) {
      String output = new String(said.readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException("keytool: " + output.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("keytool was interrupted", e);
    }
  }

  private static String bundle(KeyStore trusted) throws GeneralSecurityException {
    StringBuilder all = new StringBuilder();
    Enumeration<String> aliases = trusted.aliases();
    while (aliases.hasMoreElements()) {
      all.append(pem(trusted.getCertificate(aliases.nextElement())));
    }
    return all.toString();
  }

  private static String pem(Certificate certificate) throws GeneralSecurityException {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }
}
