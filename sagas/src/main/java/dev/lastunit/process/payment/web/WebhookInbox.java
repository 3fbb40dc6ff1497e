package dev.lastunit.process.payment.web;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Every genuine webhook that came, by the provider's identifier. Blocks. A webhook without an
 * outcome came but had no effect yet: it is worked on when the provider sends it again.
 */
final class WebhookInbox {

  private final JdbcTemplate jdbc;

  WebhookInbox(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Takes a webhook in.
   *
   * @return the outcome that it had before; null when it is new or was never finished
   */
  String receive(String provider, String id, Instant at, String type, String payload) {
    int fresh =
        jdbc.update(
            "insert into process.webhook_inbox (provider, webhook_id, received_at, type, payload)"
                + " values (?, ?, ?, ?, ?) on conflict do nothing",
            provider,
            id,
            Timestamp.from(at),
            type,
            payload);
    if (fresh == 1) {
      return null;
    }
    List<String> outcomes =
        jdbc.queryForList(
            "select coalesce(outcome, '') from process.webhook_inbox"
                + " where provider = ? and webhook_id = ?",
            String.class,
            provider,
            id);
    return outcomes.isEmpty() || outcomes.getFirst().isEmpty() ? null : outcomes.getFirst();
  }

  /** Notes what a webhook came to; the first outcome stands. */
  void settle(String provider, String id, String outcome) {
    jdbc.update(
        "update process.webhook_inbox set outcome = ?"
            + " where provider = ? and webhook_id = ? and outcome is null",
        outcome,
        provider,
        id);
  }
}
