package dev.lastunit.bench.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InvoicesTest {

  @TempDir Path directory;

  @Test
  void keepsInvoicesWhoseLinesCanAllBeSold() throws Exception {
    Path file = directory.resolve("invoices.csv");
    Files.write(
        file,
        List.of(
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
            "1,A,\"MUG, \"\"RED\"\"\",2,2011-01-01 10:00:00,1.25,,United Kingdom",
            "1,A,MUG,3,2011-01-01 10:00:00,1.30,,United Kingdom",
            "2,A,MUG,1,2011-01-01 10:00:00,1.25,,United Kingdom",
            "2,B,,1,2011-01-01 10:00:00,0.0,,United Kingdom",
            "3,A,MUG,-1,2011-01-01 10:00:00,1.25,,United Kingdom"));

    Invoices invoices = Invoices.read(file);

    assertThat(invoices.products())
        .containsExactly(new Product("A", "MUG, \"RED\"", "MUG, \"RED\"", "Real", "real", 125));
    assertThat(invoices.orders()).containsExactly(Map.of("A", 5));
  }
}
