/**
 * A payment provider of our own, for runs without a real one. It stands in for somebody else's
 * service and is kept at that distance: it is reached over HTTP alone, keeps its books in a
 * PostgreSQL schema of its own ({@code simulator}), has its own clock, and reports by signed
 * webhooks. It must not see any other package of this product, and no other package may see it; the
 * one thing handed over is the webhook secret, as a {@code Supplier<String>} bean named {@code
 * simulatorWebhookSecret}, because somebody has to type it in at a real provider too.
 *
 * <h2>Calls</h2>
 *
 * All bodies are JSON; every refusal is {@code application/problem+json}. Amounts are minor units.
 * Calls are open to everybody and answered before the application's web filters.
 *
 * <table>
 * <caption>HTTP calls under {@code /simulator/v1}</caption>
 * <tr><th>call</th><th>answer</th></tr>
 * <tr><td>{@code POST /charges {reference, amount, currency, token, capture}}</td>
 *     <td>201 with the charge; also for a declined one, which is an outcome and not an error:
 *     {@code status} is {@code declined} and {@code declineCode} says why</td></tr>
 * <tr><td>{@code POST /charges/{id}/capture {amount?}}</td>
 *     <td>200; everything authorised unless told less; what is not captured is given up</td></tr>
 * <tr><td>{@code POST /charges/{id}/refunds {amount?}}</td>
 *     <td>200; everything left unless told less; {@code refunded} once nothing is left</td></tr>
 * <tr><td>{@code POST /charges/{id}/void}</td><td>200</td></tr>
 * <tr><td>{@code GET /charges/{id}}</td><td>200 or 404</td></tr>
 * <tr><td>{@code GET /charges/{id}/refunds}</td>
 *     <td>200 {@code {items: [{amount, currency, at, idempotencyKey?}]}}, oldest first, or 404</td></tr>
 * <tr><td>{@code GET /charges?reference=}</td>
 *     <td>200 {@code {items: [...]}}, oldest first, at most 100; none is an empty list</td></tr>
 * <tr><td>{@code GET /charges?from=&to=&cursor=}</td>
 *     <td>200 {@code {items: [...], next}}: the charges that were opened in that time, {@code to}
 *     not included, each with {@code createdAt}, oldest first, at most 100 at a time; {@code next}
 *     is the cursor of the next part, null on the last</td></tr>
 * </table>
 *
 * <h2>Moves</h2>
 *
 * <table>
 * <caption>From a status, by a move, to a status; everything else is 409</caption>
 * <tr><th>status</th><th>capture</th><th>void</th><th>refund</th><th>decision</th></tr>
 * <tr><td>pending</td><td></td><td>voided</td><td></td><td>authorised, captured, declined</td></tr>
 * <tr><td>authorised</td><td>captured</td><td>voided</td><td></td><td></td></tr>
 * <tr><td>captured</td><td></td><td></td><td>captured, refunded</td><td></td></tr>
 * <tr><td>declined, voided, refunded</td><td></td><td></td><td></td><td></td></tr>
 * </table>
 *
 * <h2>Idempotency</h2>
 *
 * A POST may carry {@code Idempotency-Key} (1 to 255 visible ASCII characters). A key belongs to
 * the first request that had an effect under it: the same request gets the first answer again, with
 * {@code Idempotency-Replayed: true}, for ever; another request is 422. A request that was refused
 * had no effect and leaves its key free, so it is judged afresh when it comes again. Retrying with
 * the same key is always safe; after a time-out or a 5xx the outcome is unknown until then.
 *
 * <h2>Groups</h2>
 *
 * A provider must not lose what it has answered, and must not cost the machine it shares with the
 * shop more than a provider far away would. So steps are written in groups: those that arrive while
 * a group is on its way to the disk are the next one, in one transaction. A step is answered when
 * its group is on disk. Of several nodes on one database each has its own groups; the unique key in
 * the books decides between them.
 *
 * <h2>Webhooks</h2>
 *
 * {@code charge.authorised}, {@code charge.declined}, {@code charge.captured}, {@code
 * charge.voided} and {@code charge.refunded} with body {@code {type, timestamp, data}}, where
 * {@code data} is the charge as it was right after that step; signed by the Standard Webhooks
 * scheme. Only charges of tokens that are about webhooks send any. Delivered at least once, in no
 * promised order.
 */
@NullMarked
package dev.lastunit.app.simulator;

import org.jspecify.annotations.NullMarked;
