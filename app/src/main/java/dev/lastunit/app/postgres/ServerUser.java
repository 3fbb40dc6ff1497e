package dev.lastunit.app.postgres;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * As whom PostgreSQL's programs run. They refuse to run as root, so root starts them in a user
 * namespace of their own, where it has no name, or, where that is forbidden (as in many
 * containers), as an unprivileged user that is then made the owner of the cluster.
 *
 * @param prefix what is put before a program and its arguments; empty for an ordinary user
 * @param uid the user that owns the cluster's files as seen from outside
 */
record ServerUser(List<String> prefix, long uid) {

  /** {@code nobody} of every Linux distribution, taken where there is no user {@code postgres}. */
  private static final long NOBODY = 65_534;

  /** How root gives up being root. */
  enum Way {
    /** A user namespace: nothing changes owner. */
    NAMESPACE,
    /** Another user: the cluster's directory changes owner. */
    OTHER_USER
  }

  /**
   * Chooses as whom to run for a cluster. Runs short programs to find out; blocks for milliseconds.
   *
   * @param home directory of the cluster, present
   * @return the user
   * @throws PostgresException when root has no way to give up being root
   */
  static ServerUser choose(Path home) {
    if (!isRoot()) {
      return new ServerUser(List.of(), new UnixSystem().getUid());
    }
    long owner = owner(home);
    if (owner != 0) {
      return otherUser(home, owner);
    }
    return works(List.of("unshare", "-U", "true"))
        ? choose(home, Way.NAMESPACE)
        : choose(home, Way.OTHER_USER);
  }

  /**
   * The given way for root, for an operator or a test that wants it.
   *
   * @param home directory of the cluster, present
   * @param way how to give up being root
   * @return the user
   */
  static ServerUser choose(Path home, Way way) {
    return switch (way) {
      case NAMESPACE -> new ServerUser(List.of("unshare", "-U"), 0);
      case OTHER_USER -> otherUser(home, postgresUser());
    };
  }

  /**
   * Whether this process runs as root.
   *
   * @return true for root
   */
  static boolean isRoot() {
    return new UnixSystem().getUid() == 0;
  }

  /**
   * The whole command.
   *
   * @param program program and arguments
   * @return the command with the prefix
   */
  List<String> command(List<String> program) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(program);
    return command;
  }

  /**
   * Hands a directory and all below it to this user, where it is not ours already.
   *
   * @param directory what to hand over
   */
  void own(Path directory) {
    if (!isRoot() || uid == 0) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        if (owner(path) != uid) {
          Files.setAttribute(path, "unix:uid", (int) uid, LinkOption.NOFOLLOW_LINKS);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new PostgresException(
          directory + " cannot be given to the user " + uid + ": " + e.getMessage(), e);
    }
  }

  private static ServerUser otherUser(Path home, long uid) {
    ServerUser user =
        new ServerUser(
            List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups", "--"), uid);
    if (!works(user.command(List.of("true")))) {
      throw new PostgresException(
          "Running as root, and neither unshare nor setpriv can start PostgreSQL as somebody else:"
              + " start Lastunit as an ordinary user.");
    }
    user.own(home);
    letPass(home.getParent());
    if (!works(user.command(List.of("test", "-w", home.toString())))) {
      throw new PostgresException(
          "Running as root, PostgreSQL has to run as the user "
              + uid
              + ", who cannot reach "
              + home
              + ": set LASTUNIT_DATA_DIR to a directory that every user may enter.");
    }
    return user;
  }

  /** The data directory is its owner's alone; the other user has to get through it, not see it. */
  private static void letPass(Path directory) {
    try {
      var permissions = EnumSet.copyOf(Files.getPosixFilePermissions(directory));
      if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
        Files.setPosixFilePermissions(directory, permissions);
      }
    } catch (IOException e) {
      throw new PostgresException(directory + " cannot be opened for PostgreSQL.", e);
    }
  }

  private static long postgresUser() {
    try (Stream<String> users = Files.lines(Path.of("/etc/passwd"))) {
      return users
          .map(line -> line.split(":"))
          .filter(fields -> fields.length > 2 && fields[0].equals("postgres"))
          .mapToLong(fields -> Long.parseLong(fields[2]))
          .findFirst()
          .orElse(NOBODY);
    } catch (IOException | UncheckedIOException e) {
      return NOBODY;
    }
  }

  private static long owner(Path path) {
    try {
      return ((Number) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)).longValue();
    } catch (IOException e) {
      throw new PostgresException("The owner of " + path + " cannot be read.", e);
    }
  }

  private static boolean works(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
