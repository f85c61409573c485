package dev.slipway.local.iam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.local.iam.Policies.Decision;
import dev.slipway.local.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoliciesTest {

  private static List<Statement> policy(String... statements) {
    return Statement.read(
        Json.parse("{\"Statement\":[" + String.join(",", statements).replace('\'', '"') + "]}"));
  }

  private static final String SERVICE = "arn:aws:ecs:eu-west-1:123456789012:service/shop/web";

  @ParameterizedTest(name = "{0} on {1}: {2}")
  @CsvSource({
    "ecs:UpdateService, arn:aws:ecs:eu-west-1:123456789012:service/shop/*, true",
    "ECS:updateservice, arn:aws:ecs:*:*:service/*, true",
    "ecs:Update*, *, true",
    "*, *, true",
    "ecs:UpdateServic?, *, true",
    "ecs:UpdateServ?, *, false",
    "ecs:UpdateService, arn:aws:ecs:eu-west-1:123456789012:service/shop/we, false",
    "ecs:UpdateService, arn:aws:ecs:eu-west-1:123456789012:Service/*, false",
    "ecs:DescribeServices, *, false",
  })
  void actionsAndResourcesMatchWithWildcards(String action, String resource, boolean allowed) {
    List<Statement> policy =
        policy("{'Effect':'Allow','Action':'%s','Resource':'%s'}".formatted(action, resource));
    assertThat(Policies.decide(policy, Access.of("ecs:UpdateService", SERVICE)))
        .isEqualTo(allowed ? Decision.ALLOWED : Decision.NOT_ALLOWED);
  }

  @Test
  void anExplicitDenyWins() {
    List<Statement> policy =
        policy(
            "{'Effect':'Allow','Action':'*','Resource':'*'}",
            "{'Effect':'Deny','NotAction':'ecs:*','NotResource':'arn:aws:sqs:*'}");
    assertThat(Policies.decide(policy, Access.of("ecr:PutImage", "arn:aws:ecr:r:a:repository/x")))
        .isEqualTo(Decision.DENIED_EXPLICITLY);
    assertThat(Policies.decide(policy, Access.of("sqs:SendMessage", "arn:aws:sqs:r:a:q")))
        .isEqualTo(Decision.ALLOWED);
    assertThat(Policies.decide(policy, Access.of("ecs:UpdateService", SERVICE)))
        .isEqualTo(Decision.ALLOWED);
  }

  @ParameterizedTest(name = "{0} {1} with {2}: {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      nullValues = "-",
      value = {
        "StringEquals | 'on' | on | true",
        "StringEquals | 'on' | off | false",
        "StringEquals | 'on' | - | false",
        "StringEquals | ['off','on'] | on | true",
        "StringEqualsIfExists | 'on' | - | true",
        "StringEqualsIfExists | 'on' | off | false",
        "StringNotEquals | 'on' | off | true",
        "StringNotEquals | ['off','on'] | off | false",
        "StringNotEquals | 'on' | - | true",
        "StringLike | 'o*' | on | true",
        "StringNotLike | 'o*' | on | false",
        "StringEquals | 'o*' | on | false",
        "Null | 'true' | - | true",
        "Null | 'false' | - | false",
        "Null | false | on | true",
        "Bool | true | True | true",
        "ForAllValues:StringEquals | ['a','b'] | a,b | true",
        "ForAllValues:StringEquals | ['a','b'] | a,c | false",
        "ForAllValues:StringEquals | ['a','b'] | - | true",
        "ForAnyValue:StringEquals | ['a','b'] | c,b | true",
        "ForAnyValue:StringEquals | ['a','b'] | - | false",
        "ForAllValues:StringLike | 'message#*' | message#1,message#2 | true",
        "ArnLike | 'arn:aws:ecs:*:*:cluster/shop' | arn:aws:ecs:r:a:cluster/shop | true",
        "ArnEquals | 'arn:aws:ecs:*:cluster/shop' | arn:aws:ecs:r:a:cluster/shop | false",
      })
  void conditionsHoldAsInIam(String operator, String wanted, String actual, boolean holds) {
    List<Statement> policy =
        policy(
            "{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'%s':{'aws:Key':%s}}}"
                .formatted(operator, wanted));
    Access access = Access.of("ecs:UpdateService", SERVICE);
    if (actual != null) {
      access = access.with("AWS:KEY", actual.split(","));
    }
    assertThat(Policies.decide(policy, access) == Decision.ALLOWED).isEqualTo(holds);
  }

  @Test
  void aStatementThatNobodyCanReadIsRefused() {
    assertThatThrownBy(() -> policy("{'Effect':'Allow','Action':'*'}"))
        .hasMessageContaining("needs Resource or NotResource");
    assertThatThrownBy(
            () -> policy("{'Effect':'Allow','Action':'*','Resource':'a/${aws:username}'}"))
        .hasMessageContaining("Policy variables are not supported");
    assertThatThrownBy(() -> policy("{'Effect':'allow','Action':'*','Resource':'*'}"))
        .hasMessageContaining("Effect is Allow or Deny");
    assertThatThrownBy(() ->
            policy(
                "{'Effect':'Allow','Action':'*','Resource':'*',"
                    + "'Condition':{'NumericLessThan':{'s3:max-keys':'1'}}}"))
        .hasMessageContaining("NumericLessThan is not supported");
  }

  @Test
  void aQueuesPolicyLetsOnlyTheNamedServiceIn() {
    List<Statement> policy =
        policy(
            "{'Effect':'Allow','Principal':{'Service':'events.amazonaws.com'},"
                + "'Action':'sqs:SendMessage','Resource':'q',"
                + "'Condition':{'ArnEquals':{'aws:SourceArn':'arn:aws:events:r:a:rule/x'}}}");
    Access access =
        Access.of("sqs:SendMessage", "q").with("aws:SourceArn", "arn:aws:events:r:a:rule/x");
    assertThat(Policies.letsServiceIn(policy, "events.amazonaws.com", access)).isTrue();
    assertThat(Policies.letsServiceIn(policy, "sns.amazonaws.com", access)).isFalse();
    assertThat(
            Policies.letsServiceIn(
                policy,
                "events.amazonaws.com",
                access.with("aws:SourceArn", "arn:aws:events:r:a:rule/y")))
        .isFalse();
  }
}
