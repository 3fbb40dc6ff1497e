import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * Holds our sources to google-java-format, or brings them to it.
 *
 * <p>A program of its own, started by the build with the JDK that compiles the sources: the
 * formatter parses with the compiler of the JDK that it runs on, and Maven may run on an older one
 * that does not know the language's newer forms.
 */
final class Format {

  private Format() {}

  /**
   * @param arguments {@code check} (names the files that differ and ends with status 1) or {@code
   *     apply} (rewrites them), then the repository's directory
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2 || !List.of("check", "apply").contains(arguments[0])) {
      System.err.println("format: say check or apply, and a directory");
      System.exit(2);
    }
    boolean apply = arguments[0].equals("apply");
    Path root = Path.of(arguments[1]);
    Queue<String> different = new ConcurrentLinkedQueue<>();
    Queue<String> unreadable = new ConcurrentLinkedQueue<>();
    List<Path> sources = sources(root);
    sources.parallelStream()
        .forEach(
            source -> {
              try {
                String text = Files.readString(source);
                String formatted = format(text);
                if (!formatted.equals(text)) {
                  different.add(root.relativize(source).toString());
                  if (apply) {
                    Files.writeString(source, formatted);
                  }
                }
              } catch (IOException | FormatterException e) {
                unreadable.add(root.relativize(source) + ": " + e.getMessage());
              }
            });
    different.stream()
        .sorted()
        .forEach(file -> System.out.println((apply ? "formatted " : "not formatted: ") + file));
    unreadable.stream().sorted().forEach(System.out::println);
    if (!unreadable.isEmpty()) {
      System.exit(1);
    }
    if (apply || different.isEmpty()) {
      System.out.println("format: " + sources.size() + " files as they should be");
    } else {
      System.out.println("format: apply it with  ./mvnw -N verify -Dformat=apply");
      System.exit(1);
    }
  }

  private static String format(String text) throws FormatterException {
    JavaFormatterOptions options =
        JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.GOOGLE).build();
    return new Formatter(options).formatSourceAndFixImports(text);
  }

  /** Every module's sources and tests, and the programs of this folder. */
  private static List<Path> sources(Path root) throws IOException {
    List<Path> folders = new ArrayList<>(List.of(root.resolve("tools")));
    try (Stream<Path> modules = Files.list(root)) {
      modules.map(module -> module.resolve("src")).filter(Files::isDirectory).forEach(folders::add);
    }
    List<Path> sources = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> all = Files.walk(folder)) {
        all.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }
}
