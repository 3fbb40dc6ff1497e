package dev.lastunit.shared.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonValue;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PersonalFieldsTest {

  /** Texts of events that may be shown to whoever may see events, by name or record and name. */
  private static final Set<String> SHOWN =
      Set.of(
          "carrier",
          "chargeId",
          "code",
          "currency",
          "idempotencyKey",
          "method",
          "provider",
          "reference",
          "replacedChargeId",
          "trackingNumber",
          "OrderCancelled.reason",
          "OrderLine.name",
          "PaymentAbandoned.reason",
          "ProductDetails.attributes",
          "ProductDetails.brand",
          "ProductDetails.category",
          "ProductDetails.description",
          "ProductDetails.imageUrl",
          "ProductDetails.name",
          "RefundRequested.reason",
          "ReservationReleased.reason",
          "ShippingAddress.country",
          "StockAdjusted.reason",
          "UnitsReturned.reason");

  record Letter(@PersonalData String sender, List<Page> pages, int stamps) implements Event {}

  record Page(String number, @PersonalData String words) {}

  @Test
  void knowsWhatIsPersonalInEachEvent() {
    assertThat(PersonalFields.of("ordering.OrderPlaced").paths())
        .containsExactly(
            "fingerprint",
            "payment.token",
            "shippingAddress.city",
            "shippingAddress.line1",
            "shippingAddress.line2",
            "shippingAddress.name",
            "shippingAddress.postalCode");
    assertThat(PersonalFields.of("payment.PaymentRequested").paths()).containsExactly("token");
    assertThat(PersonalFields.of("ordering.OrderConfirmed").isNone()).isTrue();
    assertThat(PersonalFields.of("catalogue.ProductAdded").isNone()).isTrue();
  }

  @Test
  void takesAllOfAnEventThatItDoesNotKnowForPersonal() {
    assertThat(PersonalFields.of("ordering.OrderForgotten")).isEqualTo(PersonalFields.ALL);
  }

  /**
   * Whoever adds a text to an event decides: it is marked as personal, or named above because it is
   * not.
   */
  @Test
  void everyTextOfEveryEventIsDecided() {
    Set<String> undecided = new TreeSet<>();
    for (String name : EventTypes.names()) {
      undecided(EventTypes.classOf(name), undecided);
    }

    assertThat(undecided).as("texts that are neither personal nor shown").isEmpty();
  }

  @Test
  void noticesWhatIsNotDecided() {
    Set<String> undecided = new TreeSet<>();

    undecided(Letter.class, undecided);

    assertThat(undecided).containsExactly("Page.number");
  }

  private static void undecided(Type type, Set<String> found) {
    if (type instanceof ParameterizedType generic) {
      Arrays.stream(generic.getActualTypeArguments())
          .forEach(argument -> undecided(argument, found));
    } else if (type instanceof Class<?> known && known.isRecord() && !isIdentifier(known)) {
      for (RecordComponent component : known.getRecordComponents()) {
        String full = known.getSimpleName() + "." + component.getName();
        if (component.isAnnotationPresent(PersonalData.class)
            || SHOWN.contains(component.getName())
            || SHOWN.contains(full)) {
          continue;
        }
        if (component.getGenericType().getTypeName().contains("java.lang.String")) {
          found.add(full);
        } else {
          undecided(component.getGenericType(), found);
        }
      }
    }
  }

  /** Those have types of their own; none of them is a person's name or address. */
  private static boolean isIdentifier(Class<?> type) {
    return type.getRecordComponents().length == 1
        && Arrays.stream(type.getRecordComponents())
            .anyMatch(component -> component.getAccessor().isAnnotationPresent(JsonValue.class));
  }
}
