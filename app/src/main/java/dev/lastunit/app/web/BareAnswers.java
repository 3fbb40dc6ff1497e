package dev.lastunit.app.web;

import dev.lastunit.shared.api.ErrorCode;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.stereotype.Component;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * Gives a body to refusals that the server makes before Spring sees the request: a request line or
 * headers that are no HTTP or too long, an address with broken percent-encoding. The server would
 * answer these with a status alone.
 */
@Component
class BareAnswers implements NettyServerCustomizer {

  private static final String NAME = "lastunit.bareAnswers";

  @Override
  public HttpServer apply(HttpServer server) {
    return server.doOnChannelInit(
        (observer, channel, remote) -> {
          if (channel.pipeline().get(NettyPipeline.HttpCodec) != null) {
            channel.pipeline().addAfter(NettyPipeline.HttpCodec, NAME, Filler.INSTANCE);
          }
        });
  }

  @ChannelHandler.Sharable
  private static final class Filler extends ChannelOutboundHandlerAdapter {

    private static final Filler INSTANCE = new Filler();

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
        throws Exception {
      if (message instanceof FullHttpResponse bare
          && bare.status().code() >= 400
          && !bare.content().isReadable()
          && !bare.headers().contains(HttpHeaderNames.CONTENT_TYPE)) {
        byte[] body = body(bare.status().code()).getBytes(StandardCharsets.UTF_8);
        FullHttpResponse filled =
            new DefaultFullHttpResponse(
                bare.protocolVersion(), bare.status(), Unpooled.wrappedBuffer(body));
        filled.headers().set(bare.headers());
        filled.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/problem+json");
        filled.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        bare.release();
        context.write(filled, promise);
      } else {
        context.write(message, promise);
      }
    }

    private static String body(int status) {
      ErrorCode code =
          switch (status) {
            case 413 -> ErrorCode.PAYLOAD_TOO_LARGE;
            case 503 -> ErrorCode.OVERLOADED;
            default -> status < 500 ? ErrorCode.MALFORMED_REQUEST : ErrorCode.INTERNAL;
          };
      String detail =
          switch (status) {
            case 413, 431 -> "The headers are too long";
            case 414 -> "The address is too long";
            default -> status < 500 ? "The request is not valid HTTP" : code.title();
          };
      return """
      {"type":"%s","title":"%s","status":%d,"detail":"%s","retrySafe":%b,"outcomeKnown":%b}\
      """
          .formatted(
              ProblemWriter.type(code),
              code.title(),
              status,
              detail,
              code.retrySafe(),
              code.outcomeKnown());
    }
  }
}
