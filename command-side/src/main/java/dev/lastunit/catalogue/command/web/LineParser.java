package dev.lastunit.catalogue.command.web;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Understands one record of a file. Not thread-safe; does not block. */
sealed interface LineParser permits NdjsonLineParser, CsvLineParser {

  /**
   * What the record says.
   *
   * @throws RejectedLineException when it says nothing that could be imported
   */
  ImportLine parse(byte[] record) throws RejectedLineException;

  /** The text of a record, which must be UTF-8. */
  static String utf8(byte[] bytes) throws RejectedLineException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new RejectedLineException("is not valid UTF-8");
    }
  }
}
