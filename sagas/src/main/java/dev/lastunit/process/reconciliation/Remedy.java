package dev.lastunit.process.reconciliation;

/** What is done about a difference. Each may be done twice. */
enum Remedy {
  /** The payment is told that the provider has not decided: RecordPending. */
  TELL_PENDING,
  /** The payment is told that the money is held: RecordAuthorisation; its order goes on. */
  TELL_AUTHORISED,
  /** The payment is told that the money was taken: RecordCapture. */
  TELL_CAPTURED,
  /** The payment is told that the provider said no or has no charge: RecordDecline. */
  TELL_DECLINED,
  /** The payment is told that nothing is held: RecordVoid. */
  TELL_VOIDED,
  /** The payment is told what was given back beyond what it knows: RecordRefundTotal. */
  TELL_REFUNDED,
  /** The provider is asked to take what our payment wants taken; the payment is told. */
  CAPTURE,
  /** The charge is voided, or what is left of it refunded, at the provider. */
  GIVE_BACK,
  /** The order is cancelled: its process undoes everything. */
  CANCEL_ORDER,
  /** A person has to decide. */
  PARK
}
