package dev.lastunit.bench.shop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AuditTest {

  @Test
  void allThatWasAcknowledgedMustBeThereAndNothingElse() {
    assertThat(Audit.between("orders", 100, 100, 0, "orders").ok()).isTrue();
    assertThat(Audit.between("orders", 99, 100, 0, "orders").ok()).as("one lost").isFalse();
    assertThat(Audit.between("orders", 101, 100, 0, "orders").ok()).as("one too many").isFalse();
  }

  @Test
  void ordersWithoutAnAnswerMayBeThereOrNot() {
    assertThat(Audit.between("orders", 100, 100, 2, "orders").ok()).isTrue();
    assertThat(Audit.between("orders", 102, 100, 2, "orders").ok()).isTrue();
    assertThat(Audit.between("orders", 103, 100, 2, "orders").ok()).isFalse();
  }
}
