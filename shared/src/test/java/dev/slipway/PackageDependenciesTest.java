package dev.slipway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.slipway.aws.CodeDeployment;
import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import java.net.URLEncoder;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which package of {@code shared} may know which, written down. */
class PackageDependenciesTest {

  private static final String ROOT = "dev.slipway.";

  /** From the inside to the outside: what stands below may use what stands above. */
  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          // What the words of the design are.
          Map.entry("image", Set.of()),
          Map.entry("follow", Set.of("image")),
          Map.entry("taskdef", Set.of("image")),
          // Decisions.
          Map.entry("verdict", Set.of("image", "follow", "aws")),
          Map.entry("diagnosis", Set.of("image", "follow", "verdict", "aws")),
          Map.entry(
              "deployment",
              Set.of("image", "follow", "taskdef", "verdict", "diagnosis", "preflight", "aws")),
          Map.entry("preflight", Set.of("image", "follow", "taskdef", "verdict", "aws")),
          Map.entry("policy", Set.of("image", "follow", "deployment")),
          // What every function needs, and nothing of what they do.
          Map.entry("runtime", Set.of()),
          // The world outside.
          Map.entry("aws", Set.of("image", "follow", "verdict", "runtime")),
          Map.entry(
              "ledger",
              Set.of("image", "follow", "deployment", "verdict", "diagnosis", "aws", "runtime")),
          Map.entry("slack", Set.of("aws", "runtime")),
          Map.entry(
              "chat",
              Set.of(
                  "image",
                  "follow",
                  "deployment",
                  "verdict",
                  "diagnosis",
                  "ledger",
                  "slack",
                  "runtime")));

  /**
   * The cycles there are. aws reads stopped tasks into verdict's own record, and verdict judges by
   * aws's records of services and service deployments: views without behaviour, which would only be
   * moved by giving them a package of their own.
   */
  private static final Set<Set<String>> CONFESSED = Set.of(Set.of("aws", "verdict"));

  /** The domain: values and decisions. */
  private static final String[] DOMAIN = {
    "dev.slipway.image..",
    "dev.slipway.follow..",
    "dev.slipway.policy..",
    "dev.slipway.preflight..",
    "dev.slipway.taskdef..",
    "dev.slipway.deployment..",
    "dev.slipway.verdict..",
    "dev.slipway.diagnosis.."
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("dev.slipway");

  private static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(ROOT) ? name.substring(ROOT.length()).split("\\.")[0] : "";
  }

  @Test
  void aPackageKnowsOnlyThoseThatTheTableAllows() {
    Set<String> refused = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      String from = packageOf(type);
      assertThat(ALLOWED).as("the table must have a row for each package").containsKey(from);
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String to = packageOf(dependency.getTargetClass());
        if (!to.isEmpty() && !to.equals(from) && !ALLOWED.get(from).contains(to)) {
          refused.add(from + " -> " + to + ": " + dependency.getDescription());
        }
      }
    }
    assertThat(refused).isEmpty();
  }

  @Test
  void theTableHasNoCyclesButTheConfessedOnes() {
    Set<Set<String>> cycles = new HashSet<>();
    Map<String, Set<String>> sorted = new TreeMap<>(ALLOWED);
    sorted.keySet().forEach(start -> walk(start, new ArrayList<>(List.of(start)), cycles));
    assertThat(cycles).isEqualTo(CONFESSED);
  }

  private static void walk(String at, List<String> path, Set<Set<String>> cycles) {
    for (String next : ALLOWED.get(at)) {
      int seen = path.indexOf(next);
      if (seen >= 0) {
        cycles.add(Set.copyOf(path.subList(seen, path.size())));
      } else {
        path.add(next);
        walk(next, path, cycles);
        path.removeLast();
      }
    }
  }

  @Test
  void theConfessedCyclesStillExist() {
    for (Set<String> cycle : CONFESSED) {
      for (String from : cycle) {
        assertThat(CLASSES)
            .as("take the confession back: %s needs no other of %s", from, cycle)
            .anyMatch(type ->
                packageOf(type).equals(from)
                    && type.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> packageOf(dependency.getTargetClass()))
                        .anyMatch(to -> !to.equals(from) && cycle.contains(to)));
      }
    }
  }

  @Test
  void theDomainSeesOfAwsOnlyItsViews() {
    DescribedPredicate<JavaClass> views =
        DescribedPredicate.describe(
            "views",
            seen ->
                seen.isAssignableTo(ServiceView.class)
                    || seen.isAssignableTo(ServiceDeployment.class)
                    || seen.isAssignableTo(CodeDeployment.class)
                    || seen.getFullName().startsWith(ServiceView.class.getName() + "$"));
    noClasses()
        .that()
        .resideInAnyPackage(DOMAIN)
        .should()
        .dependOnClassesThat(resideInAPackage("dev.slipway.aws..").and(not(views)))
        .because("what asks AWS stands outside, and gives the domain what it was told")
        .check(CLASSES);
  }

  @Test
  void theDomainIsPure() {
    noClasses()
        .that()
        .resideInAnyPackage(DOMAIN)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "java.net..",
                    "java.io..",
                    "java.nio.file..",
                    "javax..",
                    "software.amazon..",
                    "com.amazonaws..",
                    "dev.slipway.ledger..",
                    "dev.slipway.runtime..")
                // Text in, text out.
                .and(not(type(URLEncoder.class))))
        .because("the domain is values and decisions")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(DOMAIN)
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .because("clock and ids are passed in")
        .check(CLASSES);
  }

  @Test
  void jsonTreesStayWithThoseWhoSpeakJson() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.slipway.taskdef..",
            "dev.slipway.aws..",
            "dev.slipway.ledger..",
            "dev.slipway.slack..",
            "dev.slipway.chat..",
            "dev.slipway.runtime..")
        .should()
        .dependOnClassesThat(resideInAPackage("com.fasterxml.."))
        .check(CLASSES);
  }

  @Test
  void nobodyPaysForBeansOrForTheSdkAtAColdStart() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("com.fasterxml.jackson.databind.ObjectMapper")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("com.fasterxml.jackson.databind.json.JsonMapper")
        .orShould()
        .dependOnClassesThat(resideInAnyPackage("software.amazon..", "org.slf4j.."))
        .because("dev.slipway.runtime.Json and dev.slipway.aws.SignedJson do it in a third")
        .check(CLASSES);
  }
}
