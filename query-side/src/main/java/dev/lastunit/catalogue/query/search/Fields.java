package dev.lastunit.catalogue.query.search;

/** The index's fields. Whoever changes what one of them holds raises {@link #SCHEMA}. */
final class Fields {

  /**
   * What an index holds. An index of another number is not written any more: a new one is built
   * beside it.
   */
  static final int SCHEMA = 1;

  /** The oldest schema whose index can still be searched while a new one is built. */
  static final int OLDEST_READABLE = 1;

  /** The SKU as it is: key of the document, and the last tie-breaker of every order. */
  static final String SKU = "sku";

  /** The SKU without regard to case and diacritics. */
  static final String SKU_FOLDED = "sku_folded";

  /** Every word of the product: what decides whether it is found. */
  static final String TEXT = "text";

  /** Words of the name, of the brand, the category, the attributes: what decides its rank. */
  static final String NAME = "name";

  static final String BRAND = "brand";
  static final String CATEGORY = "category";
  static final String ATTRIBUTES = "attributes";

  /** Every level of the category, as a path; the brand as it is; attributes, see {@link #pair}. */
  static final String CATEGORY_IS = "category_is";

  static final String BRAND_IS = "brand_is";
  static final String ATTRIBUTE_IS = "attribute_is";

  /** For counting: the whole path, the brand, the attributes, the number of the price range. */
  static final String CATEGORY_VALUE = "category_value";

  static final String BRAND_VALUE = "brand_value";
  static final String ATTRIBUTE_VALUE = "attribute_value";
  static final String PRICE_RANGE = "price_range";

  /** For sorting: minor units, position of the event that listed it, name. */
  static final String PRICE = "price";

  static final String ADDED = "added";
  static final String SORT_NAME = "sort_name";

  /** A number of {@link StockStatus}: changes without the rest of the document. */
  static final String STATUS = "status";

  /** Longer values of attributes are found by words, but neither counted nor filtered by. */
  static final int LONGEST_ATTRIBUTE = 200;

  private Fields() {}

  /** An attribute's name and value as filters and facets write them. */
  static String pair(String name, String value) {
    return name + ":" + value;
  }
}
