package dev.lastunit.app.startup;

import java.util.List;

/**
 * Adds lines to what is printed when the service is ready: an address to open, a token to try with.
 * Every bean of this type is asked, in the order of {@code @Order}.
 */
@FunctionalInterface
public interface ReadyLine {

  /**
   * The lines to print. Asked once, after the server listens; must not block for long.
   *
   * @return lines without line ends; empty for none
   */
  List<String> lines();
}
