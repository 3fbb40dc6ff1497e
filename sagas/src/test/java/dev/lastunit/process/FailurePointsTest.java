package dev.lastunit.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.inventory.api.StockCommand;
import dev.lastunit.ordering.api.OrderCommand.CancelOrder;
import dev.lastunit.ordering.api.OrderCommand.PlaceOrder;
import dev.lastunit.payment.api.PaymentCommand;
import dev.lastunit.payment.api.PaymentCommand.RecordAuthorisation;
import dev.lastunit.payment.api.PaymentCommand.RecordCapture;
import dev.lastunit.payment.api.PaymentCommand.RecordDecline;
import dev.lastunit.payment.api.PaymentCommand.RecordPending;
import dev.lastunit.payment.api.PaymentCommand.RecordVoid;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.payment.PaymentProvider;
import dev.lastunit.process.payment.PaymentProvider.Answer;
import dev.lastunit.process.payment.PaymentProvider.Charge;
import dev.lastunit.process.payment.PaymentProvider.ChargeStatus;
import dev.lastunit.process.testing.Await;
import dev.lastunit.process.testing.DocumentedTables;
import dev.lastunit.process.testing.ModelShop.Fault;
import dev.lastunit.process.testing.TestDatabase;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every cell of the tables in {@code docs/failure-points.md}: something goes wrong at one point of
 * an order's path, and the order ends as the cell says, with stock and money that agree.
 */
class FailurePointsTest {

  private static final String DOCUMENT = "failure-points.md";
  private static final List<String> FAILURES =
      List.of(
          "crash before", "crash after", "lost before", "lost after", "twice", "early, late news");
  private static final List<String> CRASHES = List.of("crash before", "crash after");
  private static TestDatabase database;

  private final AtomicBoolean reached = new AtomicBoolean();
  private final AtomicBoolean dead = new AtomicBoolean();
  private ProcessesHarness processes;
  private OrderId order;

  @BeforeAll
  static void openDatabase() {
    database = new TestDatabase();
  }

  @AfterAll
  static void closeDatabase() {
    database.close();
  }

  @BeforeEach
  void open() {
    processes = new ProcessesHarness(database).young(Duration.ofMillis(20));
    processes.shop.stock(ProcessesHarness.SKU, 10);
    processes.shop.stock(ProcessesHarness.sku(1), 10);
  }

  @AfterEach
  void close() {
    processes.close();
  }

  static Stream<Arguments> paid() {
    return cells("paid", FAILURES);
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @MethodSource("paid")
  void anOrderThatIsPaid(String point, String failure, String end) {
    disturb(point, failure);
    place("tok_ok");
    goOn(failure, Duration.ZERO);
    assertEnd(end);
  }

  static Stream<Arguments> declined() {
    return cells("declined", FAILURES);
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @MethodSource("declined")
  void anOrderWhosePaymentIsDeclined(String point, String failure, String end) {
    disturb(point, failure);
    place("tok_declined");
    goOn(failure, Duration.ZERO);
    assertEnd(end);
  }

  static Stream<Arguments> silent() {
    return cells("silent", FAILURES);
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @MethodSource("silent")
  void anOrderWhoseProviderHoldsTheMoneyAndDoesNotAnswer(String point, String failure, String end) {
    disturb(point, failure);
    place("tok_timeout_charged");
    goOn(failure, Duration.ZERO);
    assertEnd(end);
  }

  static Stream<Arguments> cancelled() {
    return cells("cancelled", FAILURES);
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @MethodSource("cancelled")
  void anOrderThatIsCancelledOnceItIsPaid(String point, String failure, String end) {
    processes.start();
    place("tok_ok");
    awaitQuiet();
    processes.crash();
    disturb(point, failure);
    processes.shop.send(new CancelOrder(order, null, "changed my mind")).join();
    goOn(failure, Duration.ZERO);
    Await.until("the money is back", this::isMoneyBack);
    awaitQuiet();
    assertEnd(end);
  }

  static Stream<Arguments> down() {
    return cells("down", CRASHES);
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @MethodSource("down")
  void anOrderWhoseServiceStaysDownUntilItsReservationHasEnded(
      String point, String failure, String end) {
    disturb(point, failure);
    place("tok_ok");
    goOn(failure, ProcessesHarness.TTL.plusMinutes(1));
    assertEnd(end);
  }

  private static Stream<Arguments> cells(String table, List<String> failures) {
    List<List<String>> rows = DocumentedTables.rows(DOCUMENT, table);
    assertThat(rows).as("rows of " + table).isNotEmpty();
    return rows.stream()
        .flatMap(
            row -> {
              assertThat(row).hasSize(1 + failures.size());
              return IntStream.range(0, failures.size())
                  .filter(at -> !row.get(1 + at).equals("-"))
                  .mapToObj(at -> Arguments.of(row.getFirst(), failures.get(at), row.get(1 + at)));
            });
  }

  private void place(String token) {
    order = processes.place("a", token, 2, 3);
  }

  /** Lets one thing go wrong, and starts. */
  private void disturb(String point, String failure) {
    processes.shop.faults(
        next -> next instanceof PlaceOrder ? Fault.NONE : fault(next, point, failure));
    processes.reachProvider(provider -> disturbed(provider, point, failure)).start();
  }

  private Fault fault(Command<?> command, String point, String failure) {
    if (dead.get()) {
      return Fault.BEFORE;
    }
    if (!name(command).equals(point) || !reached.compareAndSet(false, true)) {
      return Fault.NONE;
    }
    dead.set(CRASHES.contains(failure));
    return switch (failure) {
      case "crash before", "lost before" -> Fault.BEFORE;
      case "crash after", "lost after" -> Fault.AFTER;
      case "twice" -> {
        processes.shop.send(command);
        yield Fault.NONE;
      }
      default -> {
        tell();
        yield Fault.NONE;
      }
    };
  }

  /** A command's name, with the line's number where there is one for each line. */
  private static String name(Command<?> command) {
    String name = command.getClass().getSimpleName();
    if (!(command instanceof StockCommand<?> stock) || name.startsWith("Expire")) {
      return name;
    }
    return name + (stock.sku().equals(ProcessesHarness.SKU) ? " 1" : " 2");
  }

  private PaymentProvider disturbed(PaymentProvider provider, String point, String failure) {
    return (PaymentProvider)
        Proxy.newProxyInstance(
            PaymentProvider.class.getClassLoader(),
            new Class<?>[] {PaymentProvider.class},
            (proxy, method, arguments) ->
                method.getReturnType() == CompletableFuture.class
                    ? call(provider, method, arguments, point, failure)
                    : invoke(provider, method, arguments));
  }

  private Object call(
      PaymentProvider provider, Method method, Object[] arguments, String point, String failure)
      throws Throwable {
    if (dead.get()) {
      return lost(method);
    }
    if (!("provider: " + method.getName()).equals(point) || !reached.compareAndSet(false, true)) {
      return invoke(provider, method, arguments);
    }
    dead.set(CRASHES.contains(failure));
    return switch (failure) {
      case "crash before", "lost before" -> lost(method);
      case "crash after", "lost after" -> {
        invoke(provider, method, arguments);
        yield lost(method);
      }
      case "twice" -> {
        invoke(provider, method, arguments);
        yield invoke(provider, method, arguments);
      }
      default -> {
        Object answer = invoke(provider, method, arguments);
        tell();
        yield answer;
      }
    };
  }

  private static Object lost(Method method) {
    return method.toGenericString().contains("<" + Answer.class.getTypeName() + ">")
        ? CompletableFuture.completedFuture(new Answer.Unknown(true, "timeout"))
        : CompletableFuture.failedFuture(new IllegalStateException("No answer"));
  }

  private static Object invoke(PaymentProvider provider, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(provider, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** What webhooks would say of the charges as they are now. */
  private void tell() {
    for (Charge charge : processes.provider.charges(order.value())) {
      processes.shop.send(news(charge, charge.status()));
    }
  }

  /** What webhooks would have said of the charges before, told once all is over. */
  private void tellLate() {
    List<CompletableFuture<?>> told = new ArrayList<>();
    for (Charge charge : processes.provider.charges(order.value())) {
      told.add(processes.shop.send(news(charge, ChargeStatus.PENDING)));
      if (charge.status() == ChargeStatus.DECLINED) {
        told.add(processes.shop.send(news(charge, ChargeStatus.DECLINED)));
      } else {
        told.add(processes.shop.send(news(charge, ChargeStatus.AUTHORISED)));
      }
      if (charge.captured().amount() > 0) {
        told.add(processes.shop.send(news(charge, ChargeStatus.CAPTURED)));
      }
    }
    told.forEach(CompletableFuture::join);
  }

  private PaymentCommand<PaymentStatus> news(Charge charge, ChargeStatus status) {
    PaymentId payment = payment();
    return switch (status) {
      case PENDING -> new RecordPending(payment, charge.chargeId());
      case AUTHORISED -> new RecordAuthorisation(payment, charge.chargeId(), charge.amount());
      case CAPTURED, REFUNDED -> new RecordCapture(payment, charge.chargeId(), charge.amount());
      case DECLINED -> new RecordDecline(payment, charge.declineCode());
      case VOIDED -> new RecordVoid(payment);
    };
  }

  /** After a crash another node takes over. */
  private void goOn(String failure, Duration later) {
    Await.until("the point is reached", reached::get);
    if (CRASHES.contains(failure)) {
      processes.crash();
      processes.clock.advance(later);
      dead.set(false);
      processes.start();
    }
    awaitQuiet();
    if (failure.equals("early, late news")) {
      tellLate();
      awaitQuiet();
    }
  }

  /** Until no process is left but what looks for charges that turn up late. */
  private void awaitQuiet() {
    try {
      Await.until("quiet", () -> processes.isQuiet(order));
    } catch (AssertionError e) {
      throw new AssertionError(
          String.join(
              ", ",
              order + " is " + processes.shop.status(order),
              "its process " + processes.step("order", order.value()),
              "its payment " + processes.shop.status(payment()),
              "the payment's process " + processes.step("payment", payment().value()),
              "charges " + processes.provider.charges(order.value())),
          e);
    }
  }

  private PaymentId payment() {
    return ProcessesHarness.payment(order);
  }

  private boolean isMoneyBack() {
    return processes.shop.status(payment()) == PaymentStatus.REFUNDED;
  }

  private void assertEnd(String end) {
    assertThat(end.split(" or "))
        .contains(processes.shop.status(order).name().toLowerCase(Locale.ROOT));
    processes.assertAgreement(order);
  }
}
