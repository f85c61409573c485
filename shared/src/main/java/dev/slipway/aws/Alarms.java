package dev.slipway.aws;

import dev.slipway.follow.ServiceRef;
import dev.slipway.verdict.AlarmState;
import java.util.Collection;
import java.util.List;

/** The calls that Slipway makes about CloudWatch alarms. */
public interface Alarms {

  /** The tag by which an alarm joins a service: its value is {@code cluster/service}. */
  String TAG = "slipway.service";

  /**
   * GetResources: names of the alarms, metric and composite, that are tagged with this service, all
   * pages. Eventually consistent: an alarm tagged seconds ago may be missing, a deleted one may be
   * there.
   */
  List<String> tagged(ServiceRef service);

  /**
   * DescribeAlarms: those that there are of these, metric and composite, by name. One call for a
   * hundred.
   */
  List<AlarmState> states(Collection<String> names);
}
