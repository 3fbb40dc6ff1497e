package dev.lastunit.ordering.command.web;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.lastunit.cart.command.CartCommandSide;
import dev.lastunit.fulfilment.command.FulfilmentCommandSide;
import dev.lastunit.ordering.command.OrderIdSecret;
import dev.lastunit.ordering.command.OrderingCommandSide;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.command.bus.AppendLog;
import dev.lastunit.shared.command.bus.BusCommands;
import dev.lastunit.shared.command.bus.ShardRepository;
import dev.lastunit.shared.command.bus.ShardedCommandBus;
import dev.lastunit.shared.command.bus.ShardedCommandBus.Limits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.common.transaction.NoTransactionManager;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventsourcing.NoSnapshotTriggerDefinition;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.eventsourcing.eventstore.inmemory.InMemoryEventStorageEngine;
import org.axonframework.modelling.command.AggregateAnnotationCommandHandler;
import org.axonframework.queryhandling.DefaultQueryGateway;
import org.axonframework.queryhandling.QueryGateway;
import org.axonframework.queryhandling.SimpleQueryBus;
import org.axonframework.queryhandling.annotation.AnnotationQueryHandlerAdapter;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.config.EnableWebFlux;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Goal: controllers as clients meet them. Method: HTTP over a real socket, the real command bus,
 * aggregates and event store in memory; the other sides (query side, order process) are handlers
 * that a test gives.
 */
public final class CommandSideServer implements AutoCloseable {

  /** Header that says who calls, in place of a token. */
  public static final String SUBJECT = "X-Subject";

  /** Header with the caller's roles, in place of a token. */
  public static final String ROLES = "X-Roles";

  private final EmbeddedEventStore store;
  private final ShardedCommandBus bus;
  private final Tail tail;
  private final InterceptedCommands commands;
  private final AnnotationConfigApplicationContext context;
  private final DisposableServer server;

  /**
   * @param otherSides builds objects with query handlers, given this server's event store
   */
  public CommandSideServer(
      Function<EventStore, List<?>> otherSides,
      Map<String, Object> properties,
      Class<?>... controllers) {
    var engine = new InMemoryEventStorageEngine();
    store = EmbeddedEventStore.builder().storageEngine(engine).build();
    bus =
        new ShardedCommandBus(
            NoTransactionManager.instance(),
            AppendLog.withoutPositions(),
            new Limits(2, 1_000, 10_000),
            new SimpleMeterRegistry());
    register(OrderingCommandSide.aggregate(), store, engine, bus);
    register(CartCommandSide.aggregate(), store, engine, bus);
    register(FulfilmentCommandSide.aggregate(), store, engine, bus);
    commands = new InterceptedCommands(new BusCommands(bus, this::head));
    tail = new Tail(store);
    var queryBus = SimpleQueryBus.builder().build();
    otherSides
        .apply(store)
        .forEach(handler -> new AnnotationQueryHandlerAdapter<>(handler).subscribe(queryBus));

    context = new AnnotationConfigApplicationContext();
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("test", properties));
    context.registerBean(Commands.class, () -> commands);
    context.registerBean(LiveEvents.class, () -> tail);
    context.registerBean(Positions.class, NoPositions::new);
    context.registerBean(
        QueryGateway.class, () -> DefaultQueryGateway.builder().queryBus(queryBus).build());
    context.registerBean(
        OrderIdSecret.class, () -> new OrderIdSecret("0123456789abcdef".getBytes(US_ASCII)));
    context.register(Web.class);
    Arrays.stream(controllers).forEach(context::register);
    context.refresh();
    server =
        HttpServer.create()
            .port(0)
            .handle(
                new ReactorHttpHandlerAdapter(
                    WebHttpHandlerBuilder.applicationContext(context).build()))
            .bindNow();
  }

  private static <T> void register(
      Class<T> aggregate, EventStore store, EventStorageEngine engine, CommandBus bus) {
    AggregateAnnotationCommandHandler.<T>builder()
        .aggregateType(aggregate)
        .repository(
            new ShardRepository<>(aggregate, store, engine, NoSnapshotTriggerDefinition.INSTANCE))
        .build()
        .subscribe(bus);
  }

  private long head() {
    return store.createHeadToken() instanceof GlobalSequenceTrackingToken token
        ? token.getGlobalIndex() + 1
        : 0;
  }

  /** A client of this server without a caller. */
  public WebTestClient client() {
    return WebTestClient.bindToServer()
        .baseUrl("http://localhost:" + server.port())
        .responseTimeout(Duration.ofSeconds(20))
        .filter(CommandSideServer::readToTheEnd)
        .build();
  }

  /** Many tests look at the status only; an answer that nobody reads would keep its buffers. */
  private static Mono<ClientResponse> readToTheEnd(ClientRequest request, ExchangeFunction next) {
    return next.exchange(request)
        .flatMap(
            response ->
                response
                    .bodyToMono(byte[].class)
                    .defaultIfEmpty(new byte[0])
                    .map(
                        bytes ->
                            response
                                .mutate()
                                .body(
                                    Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(bytes)))
                                .build()));
  }

  /** A client that calls as a subject with roles. */
  public WebTestClient client(String subject, String... roles) {
    return client()
        .mutate()
        .defaultHeader(SUBJECT, subject)
        .defaultHeader(ROLES, String.join(",", roles))
        .build();
  }

  public int port() {
    return server.port();
  }

  /** Lets a test answer some commands in place of the bus, and see all that are sent. */
  public InterceptedCommands commands() {
    return commands;
  }

  /** Sends a command and waits for its answer. */
  public <R> Result<R> send(Command<R> command) {
    return commands.send(command).orTimeout(10, TimeUnit.SECONDS).join().result();
  }

  public LiveEvents live() {
    return tail;
  }

  /** How many watches are open. */
  public int openWatches() {
    return tail.watches.size();
  }

  /** The events of a stream. */
  public List<Event> events(String stream) {
    return events(store, stream);
  }

  /** The events of a stream. */
  public static List<Event> events(EventStore store, String stream) {
    return store
        .readEvents(stream)
        .asStream()
        .map(message -> (Event) message.getPayload())
        .toList();
  }

  @Override
  public void close() {
    server.disposeNow();
    context.close();
    tail.close();
    bus.stop(1_000);
  }

  /** Commands on their way to the bus. */
  public static final class InterceptedCommands implements Commands {

    private final Commands bus;
    private final List<Command<?>> sent = new CopyOnWriteArrayList<>();
    private volatile Function<Command<?>, RuntimeException> fault = command -> null;

    InterceptedCommands(Commands bus) {
      this.bus = bus;
    }

    /** Fails commands before they reach the bus for which the function gives an exception. */
    public void failWith(Function<Command<?>, RuntimeException> newFault) {
      fault = newFault;
    }

    /** Lets everything pass again and forgets what was sent. */
    public void reset() {
      fault = command -> null;
      sent.clear();
    }

    public List<Command<?>> sent() {
      return sent;
    }

    @Override
    public <R> CompletableFuture<Reply<R>> send(Command<R> command, Map<String, String> metadata) {
      sent.add(command);
      var failure = fault.apply(command);
      return failure == null
          ? bus.send(command, metadata)
          : CompletableFuture.failedFuture(failure);
    }
  }

  /** The read side of these tests is never behind. */
  private static final class NoPositions implements Positions {
    @Override
    public long of(String handler) {
      return 0;
    }

    @Override
    public long head() {
      return 0;
    }

    @Override
    public Map<String, Long> all() {
      return Map.of();
    }
  }

  /** The store's tail, read by one thread. */
  private static final class Tail implements LiveEvents {

    private record Watcher(Set<String> streams, Consumer<RecordedEvent> listener) {}

    private final List<Watcher> watches = new CopyOnWriteArrayList<>();
    private final Thread reader;

    Tail(EventStore store) {
      reader = Thread.ofVirtual().name("tail").start(() -> read(store));
    }

    private void read(EventStore store) {
      try (var events = store.openStream(null)) {
        while (!Thread.currentThread().isInterrupted()) {
          var message = events.nextAvailable();
          var position =
              ((GlobalSequenceTrackingToken) message.trackingToken()).getGlobalIndex() + 1;
          var domain = (DomainEventMessage<?>) message;
          var event =
              new RecordedEvent(
                  position,
                  message.getTimestamp(),
                  domain.getAggregateIdentifier(),
                  domain.getSequenceNumber(),
                  (Event) message.getPayload(),
                  Map.copyOf(message.getMetaData()));
          for (var watch : watches) {
            if (watch.streams() == null || watch.streams().contains(event.stream())) {
              watch.listener().accept(event);
            }
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public Watch watch(Collection<String> streams, Consumer<RecordedEvent> listener) {
      return open(new Watcher(Set.copyOf(streams), listener));
    }

    @Override
    public Watch watchAll(Consumer<RecordedEvent> listener) {
      return open(new Watcher(null, listener));
    }

    private Watch open(Watcher watcher) {
      watches.add(watcher);
      return () -> watches.remove(watcher);
    }

    void close() {
      reader.interrupt();
    }
  }

  /** The edge in its simplest form. */
  @Configuration(proxyBeanMethods = false)
  @EnableWebFlux
  static class Web implements WebFluxConfigurer {

    @Bean
    Supplier<UUID> idSource() {
      var last = new AtomicLong();
      return () -> new UUID(0, last.incrementAndGet());
    }

    @Override
    public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
      configurer.addCustomResolver(
          new HandlerMethodArgumentResolver() {
            @Override
            public boolean supportsParameter(MethodParameter parameter) {
              return parameter.getParameterType() == Caller.class;
            }

            @Override
            public Mono<Object> resolveArgument(
                MethodParameter parameter, BindingContext binding, ServerWebExchange exchange) {
              var headers = exchange.getRequest().getHeaders();
              return Mono.just(
                  new Caller(
                      new CustomerId(headers.getFirst(SUBJECT)),
                      Set.of(headers.getFirst(ROLES).split(","))));
            }
          });
    }

    @Bean
    WebExceptionHandler problems() {
      var mapper = JsonMapper.builder().build();
      return (exchange, failure) -> {
        Map<String, Object> document = new HashMap<>();
        int status;
        switch (failure) {
          case Problem problem -> {
            status = problem.code().status();
            document.putAll(problem.extensions());
            document.put("type", "/problems/" + problem.code().slug());
            document.put("detail", problem.getMessage());
            document.put("violations", problem.violations());
          }
          case ServerWebInputException malformed -> {
            status = 400;
            document.put("type", "/problems/malformed-request");
            document.put("detail", String.valueOf(malformed.getMessage()));
          }
          default -> {
            status = 500;
            document.put("type", "/problems/internal");
            document.put("detail", failure.toString());
          }
        }
        var response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(status));
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return response.writeWith(
            Mono.just(response.bufferFactory().wrap(mapper.writeValueAsBytes(document))));
      };
    }
  }
}
