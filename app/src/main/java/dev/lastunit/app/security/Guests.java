package dev.lastunit.app.security;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The subjects that we give to guests. They are reserved: nobody else's token may bear one, or an
 * external issuer's user could take over a guest's cart by choosing a name.
 */
final class Guests {

  private static final Pattern SUBJECT =
      Pattern.compile("guest-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private Guests() {}

  static String subject(UUID id) {
    return "guest-" + id;
  }

  static boolean isGuest(String subject) {
    return subject != null && SUBJECT.matcher(subject).matches();
  }
}
