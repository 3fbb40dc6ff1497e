package dev.lastunit.bench.catalogue;

import java.util.List;

/**
 * What the shops of the world sell, in a tree of two levels and the things on its leaves. The order
 * is that of demand: the first of everything is met most often.
 */
final class Departments {

  /**
   * A part of the shop.
   *
   * @param typicalPence price in the middle of its range
   * @param sizes that its products come in; none when size says nothing
   */
  record Department(String name, int typicalPence, List<String> sizes, List<Shelf> shelves) {}

  /** A leaf of the tree with the things on it. */
  record Shelf(String name, List<String> things) {}

  private static final List<String> CLOTHES = List.of("M", "L", "S", "XL", "XS", "XXL");
  private static final List<String> LENGTHS = List.of("30 cm", "60 cm", "90 cm", "120 cm");
  private static final List<String> VOLUMES = List.of("250 ml", "500 ml", "1 l", "100 ml");
  private static final List<String> NONE = List.of();

  static final List<Department> ALL =
      List.of(
          new Department(
              "home",
              1_899,
              LENGTHS,
              List.of(
                  shelf(
                      "kitchen",
                      "mug",
                      "bowl",
                      "kettle",
                      "jug",
                      "whisk",
                      "teapot",
                      "chopping board"),
                  shelf("lighting", "lamp", "lantern", "candle holder", "night light", "pendant"),
                  shelf("decoration", "vase", "frame", "clock", "mirror", "wreath", "garland"),
                  shelf("bedding", "duvet cover", "pillow", "blanket", "throw", "fitted sheet"),
                  shelf("storage", "basket", "box", "crate", "shelf", "hook", "jar"))),
          new Department(
              "clothing",
              2_999,
              CLOTHES,
              List.of(
                  shelf("women", "dress", "blouse", "skirt", "cardigan", "jacket", "jumper"),
                  shelf("men", "shirt", "trousers", "hoodie", "polo shirt", "waistcoat", "coat"),
                  shelf("children", "romper", "leggings", "pyjamas", "raincoat", "mittens"),
                  shelf("shoes", "trainers", "boots", "sandals", "slippers", "loafers"))),
          new Department(
              "electronics",
              7_499,
              NONE,
              List.of(
                  shelf("audio", "headphones", "speaker", "earbuds", "radio", "turntable"),
                  shelf("cables", "charging cable", "adapter", "extension lead", "hub"),
                  shelf(
                      "computing", "keyboard", "mouse", "monitor stand", "webcam", "laptop sleeve"),
                  shelf("phones", "phone case", "power bank", "screen protector", "car mount"))),
          new Department(
              "garden",
              2_499,
              LENGTHS,
              List.of(
                  shelf("plants", "lavender", "fern", "rose", "seed mix", "bulb set"),
                  shelf("tools", "trowel", "secateurs", "rake", "watering can", "spade"),
                  shelf(
                      "outdoor living", "bench", "parasol", "fire pit", "hammock", "bird table"))),
          new Department(
              "toys",
              1_499,
              NONE,
              List.of(
                  shelf("games", "puzzle", "board game", "card game", "dominoes", "spinning top"),
                  shelf("soft toys", "teddy bear", "rabbit", "elephant", "hand puppet"),
                  shelf("building", "building blocks", "train set", "marble run", "dolls' house"))),
          new Department(
              "beauty",
              1_099,
              VOLUMES,
              List.of(
                  shelf("skin", "face cream", "body lotion", "hand cream", "cleanser", "sun cream"),
                  shelf("hair", "shampoo", "conditioner", "hair oil", "comb", "hairbrush"),
                  shelf("bath", "soap", "bath salts", "shower gel", "sponge"))),
          new Department(
              "sports",
              3_499,
              CLOTHES,
              List.of(
                  shelf("fitness", "yoga mat", "dumbbell", "skipping rope", "resistance band"),
                  shelf("cycling", "helmet", "bicycle pump", "pannier", "bell", "bottle cage"),
                  shelf("camping", "tent", "sleeping bag", "camping stove", "rucksack", "torch"))),
          new Department(
              "stationery",
              599,
              List.of("A5", "A4", "A6", "A3"),
              List.of(
                  shelf("paper", "notebook", "greeting card", "gift wrap", "diary", "postcard set"),
                  shelf("writing", "fountain pen", "pencil set", "marker", "highlighter"),
                  shelf("desk", "stapler", "desk organiser", "ruler", "scissors"))),
          new Department(
              "pets",
              1_299,
              List.of("small", "medium", "large"),
              List.of(
                  shelf("dogs", "collar", "lead", "dog bed", "chew toy"),
                  shelf("cats", "scratching post", "cat bed", "litter tray", "feather toy"),
                  shelf("birds", "feeder", "nesting box", "perch"))),
          new Department(
              "food",
              449,
              List.of("200 g", "500 g", "1 kg"),
              List.of(
                  shelf("pantry", "olive oil", "honey", "rolled oats", "pesto", "crème brûlée mix"),
                  shelf("drinks", "green tea", "coffee beans", "ginger cordial", "hot chocolate"),
                  shelf("sweets", "fudge", "chocolate bar", "shortbread", "jelly beans"))));

  /** The order is that of demand, as everywhere here. */
  static final List<String> COLOURS =
      List.of(
          "black",
          "white",
          "grey",
          "navy",
          "red",
          "green",
          "blue",
          "natural",
          "pink",
          "yellow",
          "teal",
          "burgundy",
          "ivory",
          "copper",
          "lilac",
          "mustard",
          "olive",
          "silver");

  static final List<String> MATERIALS =
      List.of(
          "cotton",
          "steel",
          "oak",
          "ceramic",
          "glass",
          "wool",
          "linen",
          "bamboo",
          "leather",
          "aluminium",
          "cork",
          "enamel",
          "felt",
          "marble",
          "rattan",
          "silk");

  static final List<String> MANNERS =
      List.of(
          "classic",
          "modern",
          "vintage",
          "compact",
          "striped",
          "floral",
          "plain",
          "handmade",
          "folding",
          "spotted",
          "ribbed",
          "quilted",
          "woven",
          "rustic",
          "slim",
          "travel",
          "painted",
          "embroidered",
          "engraved",
          "stackable",
          "two-tone",
          "scalloped");

  static final List<String> PRAISE =
      List.of(
          "Made to last and easy to look after.",
          "A favourite of our regulars.",
          "Made in small batches by people who know how.",
          "Looks good in every light.",
          "Packed without plastic.",
          "A present that will be used.",
          "Light enough to take along, strong enough to keep.",
          "Comes with a guarantee of two years.",
          "Goes with everything else in the range.",
          "Wipe clean with a damp cloth.");

  static final List<String> SYLLABLES =
      List.of(
          "ar", "bel", "cor", "dan", "el", "fen", "gra", "hol", "is", "jor", "kel", "lun", "mar",
          "nor", "or", "pel", "quin", "ros", "sol", "tan", "ul", "ver", "wil", "yar", "zen");

  private Departments() {}

  private static Shelf shelf(String name, String... things) {
    return new Shelf(name, List.of(things));
  }
}
