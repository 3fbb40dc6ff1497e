package dev.lastunit.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.ordering.api.OrderCommand.PlaceOrder;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.PaymentChoice;
import dev.lastunit.ordering.api.ShippingAddress;
import dev.lastunit.process.delivery.DeliveryTestAccess;
import dev.lastunit.process.engine.Backoff;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.EngineSettings;
import dev.lastunit.process.engine.EngineTestAccess;
import dev.lastunit.process.engine.ParkedProcesses;
import dev.lastunit.process.engine.ProcessDefinition;
import dev.lastunit.process.engine.ProcessEngine;
import dev.lastunit.process.engine.ProcessEventHandler;
import dev.lastunit.process.expiry.ExpiryTestAccess;
import dev.lastunit.process.order.OrderTestAccess;
import dev.lastunit.process.payment.PaymentPolicy;
import dev.lastunit.process.payment.PaymentProvider;
import dev.lastunit.process.payment.PaymentProvider.Charge;
import dev.lastunit.process.payment.PaymentProvider.ChargeStatus;
import dev.lastunit.process.payment.PaymentTestAccess;
import dev.lastunit.process.returns.ReturnTestAccess;
import dev.lastunit.process.testing.Await;
import dev.lastunit.process.testing.Deliveries;
import dev.lastunit.process.testing.ModelProvider;
import dev.lastunit.process.testing.ModelShop;
import dev.lastunit.process.testing.SettableClock;
import dev.lastunit.process.testing.TestDatabase;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.Sku;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.springframework.context.SmartLifecycle;

/**
 * All processes over a real database, between models of the contexts and of a payment provider. A
 * node may be stopped, or ended as by a crash, and another started on the same tables.
 */
final class ProcessesHarness implements AutoCloseable {

  static final Duration TTL = Duration.ofMinutes(15);
  static final Sku SKU = new Sku("LAST-1");

  final TestDatabase database;
  final ModelShop shop = new ModelShop();
  final ModelProvider provider = new ModelProvider();
  final SettableClock clock = new SettableClock();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  ProcessEngine engine;
  ParkedProcesses parked;
  private SmartLifecycle sweeper;
  private List<EventBatchHandler> handlers;
  private Deliveries running;
  private Map<String, Integer> positions = Map.of();
  private EngineSettings settings =
      new EngineSettings(
          "test",
          256,
          4,
          Duration.ofMillis(4),
          Duration.ofMillis(20),
          Duration.ofSeconds(30),
          Duration.ofSeconds(20),
          Duration.ofMillis(5),
          Duration.ofSeconds(5),
          Duration.ofMillis(50));
  private boolean twice;
  private PaymentProvider reached = provider;

  ProcessesHarness(TestDatabase database) {
    this.database = database;
    database.clear();
  }

  ProcessesHarness with(EngineSettings other) {
    settings = other;
    return this;
  }

  /** Every batch of events is delivered twice. */
  ProcessesHarness everythingTwice() {
    twice = true;
    return this;
  }

  /** Puts something between the payment process and the provider. */
  ProcessesHarness reachProvider(UnaryOperator<PaymentProvider> through) {
    reached = through.apply(provider);
    return this;
  }

  /** How long instances live in memory only. */
  ProcessesHarness young(Duration time) {
    settings =
        new EngineSettings(
            settings.node(),
            settings.maxInFlight(),
            settings.attempts(),
            settings.firstRetry(),
            settings.longestRetry(),
            settings.lease(),
            settings.effectTimeout(),
            settings.poll(),
            settings.stopTimeout(),
            time);
    return this;
  }

  EngineSettings settings() {
    return settings;
  }

  /** Starts a node; events are delivered from where the last one got. */
  ProcessesHarness start() {
    CommandSender sender = new CommandSender(shop);
    ProcessDefinition<?> order = OrderTestAccess.process(sender, clock, TTL);
    ProcessDefinition<?> payment =
        PaymentTestAccess.process(
            sender,
            reached,
            new PaymentPolicy(
                List.of(Duration.ofMillis(5), Duration.ofMillis(5), Duration.ofMillis(5)),
                Duration.ofMillis(2),
                Duration.ofMillis(20),
                8,
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                List.of(Duration.ofMinutes(1), Duration.ofMinutes(10))));
    ProcessDefinition<?> refund = PaymentTestAccess.refunds(sender, provider);
    ProcessDefinition<?> returns = ReturnTestAccess.process(sender);
    ProcessDefinition<?> delivery = DeliveryTestAccess.process(sender);
    engine =
        new ProcessEngine(
            database.jdbc(),
            database.transactions(),
            settings,
            clock,
            new Backoff(settings.firstRetry(), settings.longestRetry(), new Random(7)),
            meters,
            List.of(order, payment, refund, returns, delivery));
    parked = new ParkedProcesses(engine);
    engine.start();
    sweeper = ExpiryTestAccess.sweeper(database, sender, clock, Duration.ofMillis(5));
    sweeper.start();
    handlers =
        List.of(
            new ProcessEventHandler<>(engine, order, batch -> {}),
            new ProcessEventHandler<>(engine, payment, batch -> {}),
            new ProcessEventHandler<>(engine, refund, batch -> {}),
            new ProcessEventHandler<>(engine, returns, batch -> {}),
            new ProcessEventHandler<>(engine, delivery, batch -> {}),
            ExpiryTestAccess.handler(database, meters));
    running = new Deliveries(database.transactions(), shop::events);
    if (twice) {
      running.everythingTwice();
    }
    handlers.forEach(handler -> running.start(handler, positions.getOrDefault(handler.name(), 0)));
    return this;
  }

  /** Ends the node as a crash does. */
  void crash() {
    EngineTestAccess.crash(engine);
    sweeper.stop();
    running.close();
    positions = running.positions();
  }

  OrderId place(String name, String token, int... quantities) {
    return place(name, token, null, 1000, quantities);
  }

  /** Places an order with one line for each quantity, the first of {@link #SKU}. */
  OrderId place(String name, String token, CartId cart, long price, int... quantities) {
    OrderId id = new OrderId("ord-" + name);
    List<OrderLine> lines =
        IntStream.range(0, quantities.length)
            .mapToObj(
                at -> new OrderLine(sku(at), "thing", quantities[at], new Money(price, "EUR")))
            .toList();
    Money total =
        lines.stream()
            .map(line -> line.unitPrice().times(line.quantity()))
            .reduce(Money.zero("EUR"), Money::plus);
    shop.send(
            new PlaceOrder(
                id,
                new CustomerId("buyer"),
                "key-" + name,
                "fingerprint",
                cart,
                lines,
                total,
                new ShippingAddress("A", "B", null, "C", "D", "GB"),
                new PaymentChoice("card", token)))
        .join();
    return id;
  }

  static Sku sku(int at) {
    return at == 0 ? SKU : new Sku("OTHER-" + at);
  }

  static PaymentId payment(OrderId order) {
    return PaymentId.of(order);
  }

  /** Whether no event is on its way to a process. */
  boolean caughtUp() {
    return running.caughtUp();
  }

  /** Instances, in memory or in the table. */
  int instances() {
    return instances("order")
        + instances("payment")
        + instances("refund")
        + instances("return")
        + instances("delivery");
  }

  int instances(String process) {
    return EngineTestAccess.young(handler(process)) + rows(process);
  }

  private int rows(String process) {
    return database
        .jdbc()
        .queryForObject(
            "select count(*) from process.instance where process = ?", Integer.class, process);
  }

  private ProcessEventHandler<?> handler(String process) {
    return handlers.stream()
        .filter(handler -> handler.name().equals("process." + process))
        .map(handler -> (ProcessEventHandler<?>) handler)
        .findFirst()
        .orElseThrow();
  }

  /** Step of an instance, in memory or in the table; null when there is none. */
  String step(String process, String id) {
    // Memory first: from there an instance goes to the table, never back.
    String young = EngineTestAccess.youngStep(handler(process), id);
    if (young != null) {
      return young;
    }
    List<String> steps =
        database
            .jdbc()
            .queryForList(
                "select state from process.instance where process = ? and id = ?",
                String.class,
                process,
                id);
    return steps.isEmpty() ? null : steps.getFirst();
  }

  /** Whether no process of the order is left, and of its payment none but one that only watches. */
  boolean isQuiet(OrderId order) {
    String paying = step("payment", payment(order).value());
    return shop.status(order).decided()
        && caughtUp()
        && instances("order") == 0
        && (paying == null || paying.equals("WATCHING"));
  }

  /**
   * Holds against each other the status, the stock and the money of an order of 2 and 3 units, of
   * which there were 10 each, once its processes have ended.
   */
  void assertAgreement(OrderId order) {
    StockLevel first = shop.level(SKU);
    StockLevel second = shop.level(sku(1));
    List<Charge> charges = provider.charges(order.value());
    assertThat(charges).as("one charge").hasSizeLessThanOrEqualTo(1);
    if (shop.status(order) == OrderStatus.CONFIRMED) {
      assertThat(first).isEqualTo(new StockLevel(8, 0, 8, 2));
      assertThat(second).isEqualTo(new StockLevel(7, 0, 7, 3));
      assertThat(charges).hasSize(1);
      assertThat(charges.getFirst().captured().amount()).isEqualTo(5000);
      assertThat(charges.getFirst().refunded().amount()).isZero();
    } else {
      assertThat(shop.status(order)).isIn(OrderStatus.REJECTED, OrderStatus.CANCELLED);
      assertThat(first).isEqualTo(new StockLevel(10, 0, 10, 0));
      assertThat(second).isEqualTo(new StockLevel(10, 0, 10, 0));
      for (Charge charge : charges) {
        assertThat(charge.status())
            .isIn(ChargeStatus.DECLINED, ChargeStatus.VOIDED, ChargeStatus.REFUNDED);
        assertThat(charge.refunded()).isEqualTo(charge.captured());
      }
    }
    assertThat(parked.list(null, 10)).isEmpty();
  }

  /** Waits until the order's process has ended. */
  void awaitEnd(OrderId order) {
    Await.until(
        "the process of " + order + " ends, is " + shop.status(order),
        () -> shop.status(order) != null && seen(order) && step("order", order.value()) == null);
  }

  private boolean seen(OrderId order) {
    return shop.status(order).decided();
  }

  @Override
  public void close() {
    if (running != null) {
      running.close();
    }
    if (engine != null) {
      engine.stop();
      sweeper.stop();
    }
    shop.close();
  }
}
