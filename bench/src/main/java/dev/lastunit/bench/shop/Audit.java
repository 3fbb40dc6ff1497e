package dev.lastunit.bench.shop;

import dev.lastunit.bench.report.Check;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Checks at the end that the service did what it said. */
public final class Audit {

  private static final long SETTLING_SECONDS = 60;

  private final Api api;
  private final Ledger ledger;
  private final String headers;

  private Audit(Api api, Ledger ledger, String headers) {
    this.api = api;
    this.ledger = ledger;
    this.headers = headers;
  }

  /** All checks; blocks while the service reads its whole history. */
  public static List<Check> run(Api api, Ledger ledger) throws IOException, InterruptedException {
    Audit audit = new Audit(api, ledger, api.authorised("bench-auditor", "operator", "analyst"));
    List<Check> checks = new ArrayList<>();
    JsonNode hot = audit.settledHotStock();
    JsonNode report = api.get("/v1/audit/invariants", audit.headers);
    for (JsonNode invariant : report.get("invariants")) {
      checks.add(
          new Check(
              invariant.get("name").asString(),
              invariant.get("ok").asBoolean(),
              invariant.get("checked") + " checked, violations " + invariant.get("violations")));
    }
    checks.add(new Check("audit", report.get("ok").asBoolean(), "by the service, as a whole"));
    checks.add(audit.acknowledged(report.get("position").asLong()));
    checks.add(audit.hotStock(hot));
    return checks;
  }

  /** The hot SKU's stock, when no unit of it is held any more or that takes too long. */
  private JsonNode settledHotStock() throws IOException, InterruptedException {
    for (int second = 0; ; second++) {
      JsonNode stock = api.get("/v1/inventory/" + Catalogue.sku(0), headers);
      if (stock.get("reserved").asLong() == 0 || second == SETTLING_SECONDS) {
        return stock;
      }
      Thread.sleep(1_000);
    }
  }

  private Check acknowledged(long position) throws IOException {
    long confirmed = 0;
    String path = "/v1/orders?status=confirmed&limit=100&customer=" + Buyers.SUBJECT;
    String next = "";
    while (next != null) {
      JsonNode page =
          api.get(
              path
                  + (next.isEmpty()
                      ? ""
                      : "&cursor=" + URLEncoder.encode(next, StandardCharsets.UTF_8)),
              headers + "Min-Event-Position: " + position + "\r\n");
      confirmed += page.get("items").size();
      next = page.get("next").isNull() ? null : page.get("next").asString();
    }
    Check range =
        between(
            "acknowledged-is-confirmed",
            confirmed,
            ledger.confirmed(),
            ledger.undecided(),
            "confirmed in the read model");
    return new Check(
        range.name(), range.ok(), range.detail() + " by answer " + ledger.undecidedByAnswer());
  }

  private Check hotStock(JsonNode stock) {
    long sold = stock.get("sold").asLong();
    long onHand = stock.get("onHand").asLong();
    long reserved = stock.get("reserved").asLong();
    String hot = Workload.HOT.label();
    Check range =
        between(
            "hot-stock-conserved",
            sold,
            ledger.confirmed(hot),
            ledger.undecided(hot),
            "units sold");
    boolean conserved = onHand + sold == Catalogue.UNITS && reserved == 0;
    return new Check(
        range.name(),
        range.ok() && conserved,
        range.detail()
            + ", "
            + onHand
            + " on hand, "
            + reserved
            + " reserved of "
            + Catalogue.UNITS);
  }

  /** Holds when all that was acknowledged is there, and nothing that could not be. */
  public static Check between(
      String name, long found, long acknowledged, long undecided, String what) {
    return new Check(
        name,
        found >= acknowledged && found <= acknowledged + undecided,
        found + " " + what + ", " + acknowledged + " acknowledged, " + undecided + " undecided");
  }
}
