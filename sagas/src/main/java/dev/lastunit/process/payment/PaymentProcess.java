package dev.lastunit.process.payment;

import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentEvent.PaymentAbandoned;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptureRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentVoided;
import dev.lastunit.process.engine.Decision;
import dev.lastunit.process.engine.ProcessDefinition;
import dev.lastunit.process.engine.Stimulus;
import dev.lastunit.process.engine.Stimulus.GivenUp;
import dev.lastunit.process.engine.Stimulus.Happened;
import dev.lastunit.process.engine.Stimulus.TimedOut;
import dev.lastunit.process.payment.PaymentProcessState.Seen;
import dev.lastunit.process.payment.PaymentProcessState.Step;
import dev.lastunit.shared.api.Event;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Brings one payment to its provider and back. An instance is named after its payment.
 *
 * <p>The provider's answer has three values: yes, no, unknown. An unknown is resolved by asking for
 * the order's reference; a charge is only asked for again with the same key, and only when the
 * provider answered with a fault or was never reached.
 *
 * <table>
 * <caption>Active steps: effect, outcome, what comes next</caption>
 * <tr><th>step</th><th>effect</th><th>outcome</th><th>next</th></tr>
 * <tr><td>AUTHORISING</td><td>authorise with the payment's key, then Record… what it says</td>
 *   <td>Reported</td><td>see below</td></tr>
 * <tr><td>AUTHORISING</td><td></td><td>Unanswered</td>
 *   <td>ASKING; AUTHORISED or UNDOING when an event said so</td></tr>
 * <tr><td>ASKING</td><td>find by reference, then Record… what it says</td>
 *   <td>Reported</td><td>see below</td></tr>
 * <tr><td>ASKING</td><td></td><td>NothingFound after a fault</td><td>AUTHORISING after a pause, 8
 *   times, then DECLINING (provider-unavailable)</td></tr>
 * <tr><td>ASKING</td><td></td><td>NothingFound after silence</td><td>ASKING after 0.5, 1, 2 s, then
 *   DECLINING (provider-timeout)</td></tr>
 * <tr><td>POLLING</td><td>like ASKING</td><td>Reported; NothingFound</td>
 *   <td>see below; PENDING</td></tr>
 * <tr><td>CAPTURING</td><td>capture, then RecordCapture; in doubt find</td><td>CaptureReported</td>
 *   <td>end; UNDOING when abandoned</td></tr>
 * <tr><td>DECLINING</td><td>RecordDecline</td><td>DeclineReported</td><td>WATCHING; AUTHORISED when
 *   the payment knows better; UNDOING when abandoned</td></tr>
 * <tr><td>UNDOING</td><td>find, then void what is held and refund what was taken and not given back,
 *   then RecordVoid or RecordRefundTotal</td><td>Undone</td>
 *   <td>end; WATCHING when there was no charge, until the late checks are used up</td></tr>
 * </table>
 *
 * <table>
 * <caption>Reported: what the provider says and the payment's state, what comes next</caption>
 * <tr><th>provider</th><th>payment</th><th>next</th></tr>
 * <tr><td>pending</td><td>requested, pending</td><td>PENDING</td></tr>
 * <tr><td>pending, authorised, captured</td><td>authorised, capturing</td>
 *   <td>AUTHORISED, CAPTURING</td></tr>
 * <tr><td>pending, authorised, captured</td><td>captured</td><td>end</td></tr>
 * <tr><td>pending, authorised, captured</td><td>declined, abandoned, voided, refunded</td>
 *   <td>UNDOING</td></tr>
 * <tr><td>declined, voided, refunded</td><td>abandoned</td><td>UNDOING</td></tr>
 * <tr><td>declined, voided, refunded</td><td>anything else</td><td>end</td></tr>
 * </table>
 *
 * <table>
 * <caption>Waiting steps: event or time, what comes next</caption>
 * <tr><th>step</th><th>stimulus</th><th>next</th></tr>
 * <tr><td>(none)</td><td>PaymentRequested</td><td>AUTHORISING; ASKING when it is perhaps a repeat,
 *   and AUTHORISING when nothing is found</td></tr>
 * <tr><td>(none)</td><td>PaymentCaptureRequested</td><td>CAPTURING</td></tr>
 * <tr><td>(none)</td><td>PaymentAbandoned</td><td>UNDOING</td></tr>
 * <tr><td>PENDING</td><td>PaymentAuthorised (by webhook)</td><td>AUTHORISED</td></tr>
 * <tr><td>PENDING</td><td>PaymentDeclined (by webhook)</td><td>end</td></tr>
 * <tr><td>PENDING</td><td>time-out, from 5 s</td><td>POLLING</td></tr>
 * <tr><td>PENDING, AUTHORISED</td><td>PaymentCaptureRequested</td><td>CAPTURING</td></tr>
 * <tr><td>PENDING, AUTHORISED, WATCHING</td><td>PaymentAbandoned</td><td>UNDOING</td></tr>
 * <tr><td>PENDING, AUTHORISED</td><td>PaymentCaptured, PaymentVoided, PaymentRefunded</td>
 *   <td>end</td></tr>
 * <tr><td>WATCHING</td><td>time-out, 1 and 10 min</td><td>UNDOING: voids what turned up late</td></tr>
 * </table>
 *
 * <p>Events that come while an effect is under way are noted and count with its outcome. Everything
 * that no row names changes nothing. When an operator gives up a parked AUTHORISING, ASKING or
 * POLLING, the payment is declined; the other steps can only be tried again or left.
 */
final class PaymentProcess implements ProcessDefinition<PaymentProcessState> {

  static final String NAME = "payment";

  private final PaymentEffects effects;
  private final PaymentPolicy policy;

  PaymentProcess(PaymentEffects effects, PaymentPolicy policy) {
    this.effects = effects;
    this.policy = policy;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<PaymentProcessState> stateType() {
    return PaymentProcessState.class;
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.of(PaymentEvent.class);
  }

  @Override
  public String instanceOf(Event event) {
    return event instanceof PaymentEvent payment
            && (payment instanceof PaymentRequested || fact(payment) != null)
        ? payment.paymentId().value()
        : null;
  }

  @Override
  public boolean isFirst(Event event) {
    return event instanceof PaymentRequested;
  }

  /** What an event is to a running instance; null when it is nothing. */
  private static Seen fact(Event event) {
    return switch (event) {
      case PaymentAuthorised authorised -> Seen.AUTHORISED;
      case PaymentDeclined declined -> Seen.DECLINED;
      case PaymentCaptureRequested requested -> Seen.CAPTURE_REQUESTED;
      case PaymentCaptured captured -> Seen.CAPTURED;
      case PaymentAbandoned abandoned -> Seen.ABANDONED;
      case PaymentVoided voided -> Seen.GIVEN_BACK;
      case PaymentRefunded refunded -> Seen.GIVEN_BACK;
      default -> null;
    };
  }

  @Override
  public Decision<PaymentProcessState> decide(PaymentProcessState state, Stimulus stimulus) {
    if (state == null) {
      return switch (stimulus) {
        case Happened(PaymentRequested requested, boolean perhapsBefore) -> {
          PaymentProcessState begun = PaymentProcessState.requested(requested);
          yield Decision.run(perhapsBefore ? begun.repost(true).at(Step.ASKING) : begun);
        }
        case Happened(PaymentCaptureRequested requested, _) ->
            Decision.run(
                PaymentProcessState.known(requested, Step.CAPTURING, Seen.CAPTURE_REQUESTED));
        case Happened(PaymentAbandoned abandoned, _) ->
            Decision.run(PaymentProcessState.known(abandoned, Step.UNDOING, Seen.ABANDONED));
        default -> Decision.ignore();
      };
    }
    return switch (stimulus) {
      case Happened happened -> onEvent(state, happened.event());
      case TimedOut timedOut ->
          switch (state.at()) {
            case PENDING -> Decision.run(state.at(Step.POLLING));
            case WATCHING -> Decision.run(state.checkedLate().at(Step.UNDOING));
            case AUTHORISED, AUTHORISING, ASKING, POLLING, CAPTURING, DECLINING, UNDOING ->
                Decision.ignore();
          };
      case GivenUp givenUp ->
          switch (state.at()) {
            case AUTHORISING, ASKING, POLLING -> Decision.run(state.declining("abandoned"));
            case PENDING, AUTHORISED, CAPTURING, DECLINING, UNDOING, WATCHING -> Decision.ignore();
          };
      case PaymentOutcome outcome -> onOutcome(state, outcome);
      default -> Decision.ignore();
    };
  }

  private Decision<PaymentProcessState> onEvent(PaymentProcessState state, Event event) {
    Seen fact = fact(event);
    if (fact == null || state.saw(fact)) {
      return Decision.ignore();
    }
    PaymentProcessState noted = state.with(fact);
    if (event instanceof PaymentAuthorised authorised) {
      noted = noted.charge(authorised.chargeId());
    }
    if (state.active()) {
      return Decision.note(noted);
    }
    if (state.at() == Step.WATCHING) {
      return fact == Seen.ABANDONED ? Decision.run(noted.at(Step.UNDOING)) : Decision.note(noted);
    }
    return goOn(noted, true);
  }

  private Decision<PaymentProcessState> onOutcome(
      PaymentProcessState state, PaymentOutcome outcome) {
    return switch (state.at()) {
      case AUTHORISING ->
          switch (outcome) {
            case PaymentOutcome.Reported reported -> reported(state, reported);
            case PaymentOutcome.Unanswered unanswered -> {
              if (state.saw(Seen.ABANDONED)) {
                yield Decision.run(state.at(Step.UNDOING));
              }
              yield state.saw(Seen.AUTHORISED)
                  ? goOn(state.at(Step.AUTHORISED), false)
                  : Decision.run(state.repost(unanswered.repost()).at(Step.ASKING));
            }
            default -> Decision.ignore();
          };
      case ASKING ->
          switch (outcome) {
            case PaymentOutcome.Reported reported -> reported(state, reported);
            case PaymentOutcome.NothingFound nothing -> nothingFound(state);
            default -> Decision.ignore();
          };
      case POLLING ->
          switch (outcome) {
            case PaymentOutcome.Reported reported -> reported(state.polledAgain(), reported);
            case PaymentOutcome.NothingFound nothing ->
                goOn(state.polledAgain().at(Step.PENDING), false);
            default -> Decision.ignore();
          };
      case CAPTURING ->
          outcome instanceof PaymentOutcome.CaptureReported captured
              ? captured(state, captured)
              : Decision.ignore();
      case DECLINING ->
          outcome instanceof PaymentOutcome.DeclineReported declined
              ? declined(state, declined)
              : Decision.ignore();
      case UNDOING ->
          outcome instanceof PaymentOutcome.Undone undone
              ? undone(state, undone)
              : Decision.ignore();
      case PENDING, AUTHORISED, WATCHING -> Decision.ignore();
    };
  }

  private Decision<PaymentProcessState> reported(
      PaymentProcessState state, PaymentOutcome.Reported said) {
    PaymentProcessState known = state.charge(said.chargeId());
    return switch (said.charge()) {
      case PENDING, AUTHORISED, CAPTURED ->
          switch (said.payment()) {
            case REQUESTED, PENDING -> goOn(known.at(Step.PENDING), false);
            case AUTHORISED -> goOn(known.at(Step.AUTHORISED), false);
            case CAPTURING -> goOn(known.with(Seen.CAPTURE_REQUESTED).at(Step.AUTHORISED), false);
            case CAPTURED -> captured(known);
            case DECLINED, ABANDONED, VOIDED, REFUNDED -> Decision.run(known.at(Step.UNDOING));
          };
      case DECLINED, VOIDED, REFUNDED ->
          switch (said.payment()) {
            case ABANDONED -> Decision.run(known.at(Step.UNDOING));
            case REQUESTED, PENDING, AUTHORISED, CAPTURING, CAPTURED, DECLINED, VOIDED, REFUNDED ->
                state.saw(Seen.ABANDONED)
                    ? Decision.run(known.at(Step.UNDOING))
                    : Decision.end("declined");
          };
    };
  }

  private Decision<PaymentProcessState> nothingFound(PaymentProcessState state) {
    if (state.saw(Seen.ABANDONED)) {
      return Decision.run(state.at(Step.UNDOING));
    }
    if (state.saw(Seen.AUTHORISED)) {
      return goOn(state.at(Step.AUTHORISED), false);
    }
    if (state.repost()) {
      return state.posts() < policy.reposts()
          ? Decision.runAfter(
              state.postedAgain().at(Step.AUTHORISING), policy.repostDelay(state.posts()))
          : Decision.run(state.declining("provider-unavailable"));
    }
    return state.asks() < policy.askDelays().size()
        ? Decision.runAfter(state.askedAgain(), policy.askDelays().get(state.asks()))
        : Decision.run(state.declining("provider-timeout"));
  }

  private Decision<PaymentProcessState> captured(
      PaymentProcessState state, PaymentOutcome.CaptureReported captured) {
    return switch (captured.payment()) {
      case ABANDONED -> Decision.run(state.at(Step.UNDOING));
      case REQUESTED, PENDING, AUTHORISED, DECLINED, CAPTURING, CAPTURED, VOIDED, REFUNDED ->
          captured(state);
    };
  }

  /** The money was taken; meanwhile it may have become unwanted. */
  private static Decision<PaymentProcessState> captured(PaymentProcessState state) {
    return state.saw(Seen.ABANDONED)
        ? Decision.run(state.at(Step.UNDOING))
        : Decision.end("captured");
  }

  private Decision<PaymentProcessState> declined(
      PaymentProcessState state, PaymentOutcome.DeclineReported declined) {
    return switch (declined.payment()) {
      case AUTHORISED -> goOn(state.at(Step.AUTHORISED), false);
      case CAPTURING -> goOn(state.with(Seen.CAPTURE_REQUESTED).at(Step.AUTHORISED), false);
      case CAPTURED -> captured(state);
      case ABANDONED -> Decision.run(state.at(Step.UNDOING));
      case REQUESTED, PENDING, DECLINED, VOIDED, REFUNDED ->
          state.saw(Seen.ABANDONED) ? Decision.run(state.at(Step.UNDOING)) : watch(state);
    };
  }

  private Decision<PaymentProcessState> undone(
      PaymentProcessState state, PaymentOutcome.Undone undone) {
    if (undone.found()) {
      return Decision.end("given-back");
    }
    return watch(state);
  }

  /** Looks again later, since a request that was thought lost may still reach the provider. */
  private Decision<PaymentProcessState> watch(PaymentProcessState state) {
    return state.lateChecks() < policy.lateChecks().size()
        ? Decision.awaitFor(state.at(Step.WATCHING), policy.lateChecks().get(state.lateChecks()))
        : Decision.end("nothing-held");
  }

  /**
   * Goes on from PENDING or AUTHORISED if something was seen that decides it, and else waits.
   *
   * @param waitsAlready whether the instance was waiting in this step before; then its time stands
   */
  private Decision<PaymentProcessState> goOn(PaymentProcessState state, boolean waitsAlready) {
    if (state.saw(Seen.ABANDONED)) {
      return Decision.run(state.at(Step.UNDOING));
    }
    if (state.saw(Seen.GIVEN_BACK)) {
      return Decision.end("given-back");
    }
    if (state.saw(Seen.CAPTURED)) {
      return Decision.end("captured");
    }
    if (state.saw(Seen.CAPTURE_REQUESTED)) {
      return Decision.run(state.at(Step.CAPTURING));
    }
    if (state.at() == Step.PENDING) {
      if (state.saw(Seen.AUTHORISED)) {
        return Decision.await(state.at(Step.AUTHORISED));
      }
      if (state.saw(Seen.DECLINED)) {
        return Decision.end("declined");
      }
      return waitsAlready
          ? Decision.note(state)
          : Decision.awaitFor(state, policy.pollDelay(state.polls()));
    }
    return waitsAlready ? Decision.note(state) : Decision.await(state);
  }

  @Override
  public CompletableFuture<PaymentOutcome> perform(PaymentProcessState state) {
    return switch (state.at()) {
      case AUTHORISING -> effects.authorise(state);
      case ASKING, POLLING -> effects.ask(state);
      case CAPTURING -> effects.capture(state);
      case DECLINING -> effects.decline(state);
      case UNDOING -> effects.undo(state);
      case PENDING, AUTHORISED, WATCHING ->
          throw new IllegalStateException(state.step() + " has no effect");
    };
  }
}
