package dev.lastunit.catalogue.command;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.shared.api.Problem.Violation;
import dev.lastunit.shared.command.StorableText;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/** The form that product details must have. Everything that is wrong is told at once. */
public final class ProductRules {

  /** Bounds in characters (UTF-16 units), except the number of attributes and levels. */
  public static final int MAX_NAME = 500;

  public static final int MAX_DESCRIPTION = 20_000;
  public static final int MAX_BRAND = 200;
  public static final int MAX_CATEGORY = 500;
  public static final int MAX_CATEGORY_LEVELS = 10;
  public static final int MAX_ATTRIBUTES = 100;
  public static final int MAX_ATTRIBUTE_NAME = 100;
  public static final int MAX_ATTRIBUTE_VALUE = 2_000;
  public static final int MAX_IMAGE_URL = 2_000;

  private ProductRules() {}

  /**
   * Everything that is wrong with the details; empty when nothing is.
   *
   * @param details its price may be null, which is a fault
   */
  public static List<Violation> faults(ProductDetails details) {
    var faults = new ArrayList<Violation>();
    if (details.name() == null || details.name().isBlank()) {
      faults.add(new Violation("name", "must not be empty"));
    }
    text(faults, "name", details.name(), MAX_NAME);
    text(faults, "description", details.description(), MAX_DESCRIPTION);
    text(faults, "brand", details.brand(), MAX_BRAND);
    text(faults, "category", details.category(), MAX_CATEGORY);
    category(faults, details.category());
    if (details.price() == null) {
      faults.add(new Violation("price", "is required"));
    } else if (details.price().amount() < 0) {
      faults.add(new Violation("price.amount", "must be 0 or more"));
    }
    attributes(faults, details);
    imageUrl(faults, details.imageUrl());
    return faults;
  }

  private static void text(List<Violation> faults, String field, String text, int max) {
    if (text != null && text.length() > max) {
      faults.add(new Violation(field, "must have at most " + max + " characters"));
    }
    if (!StorableText.isStorable(text)) {
      faults.add(new Violation(field, "must not contain NUL or half a surrogate pair"));
    }
  }

  private static void category(List<Violation> faults, String category) {
    if (category.isEmpty()) {
      return;
    }
    var levels = category.split("/", -1);
    for (var level : levels) {
      if (level.isBlank()) {
        faults.add(
            new Violation("category", "must be names with / between them, such as home/lighting"));
        return;
      }
    }
    if (levels.length > MAX_CATEGORY_LEVELS) {
      faults.add(new Violation("category", "must have at most " + MAX_CATEGORY_LEVELS + " levels"));
    }
  }

  private static void attributes(List<Violation> faults, ProductDetails details) {
    if (details.attributes().size() > MAX_ATTRIBUTES) {
      faults.add(new Violation("attributes", "must be at most " + MAX_ATTRIBUTES));
      return;
    }
    details
        .attributes()
        .forEach(
            (name, value) -> {
              if (name.isBlank() || name.length() > MAX_ATTRIBUTE_NAME) {
                faults.add(
                    new Violation(
                        "attributes",
                        "names must have 1 to " + MAX_ATTRIBUTE_NAME + " characters"));
              } else if (!StorableText.isStorable(name)) {
                faults.add(
                    new Violation(
                        "attributes", "names must not contain NUL or half a surrogate pair"));
              } else {
                text(faults, "attributes." + name, value, MAX_ATTRIBUTE_VALUE);
              }
            });
  }

  private static void imageUrl(List<Violation> faults, String imageUrl) {
    if (imageUrl == null) {
      return;
    }
    text(faults, "imageUrl", imageUrl, MAX_IMAGE_URL);
    if (!isWebAddress(imageUrl)) {
      faults.add(new Violation("imageUrl", "must be an absolute http or https address"));
    }
  }

  private static boolean isWebAddress(String text) {
    try {
      var uri = new URI(text);
      return ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))
          && uri.getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
