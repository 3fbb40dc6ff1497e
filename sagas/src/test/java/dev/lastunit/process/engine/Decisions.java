package dev.lastunit.process.engine;

/** Writes decisions as short texts, so that tests can state whole tables of them. */
public final class Decisions {

  private Decisions() {}

  public static String text(Decision<?> decision) {
    return switch (decision) {
      case Decision.Ignored<?> ignored -> "ignored";
      case Decision.Ended<?>(String outcome) -> "end " + outcome;
      case Decision.Moved<?>(ProcessState state, Decision.Wake wake) ->
          switch (wake) {
                case Decision.Wake.Now now -> "run ";
                case Decision.Wake.After after -> "after " + after.delay() + " ";
                case Decision.Wake.At at -> "until " + at.instant() + " ";
                case Decision.Wake.Never never -> "await ";
                case Decision.Wake.AsBefore asBefore -> "note ";
              }
              + state.step();
    };
  }
}
