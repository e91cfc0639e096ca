import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A client on the JDK alone: joins a group, publishes, sends by REST, receives, leaves.
 *
 * <p>Its WebSocket sends {@code Content-Length: 0} with the handshake. Its HTTP client is the default one, which offers
 * HTTP/2 ({@code Upgrade: h2c}) with each request over cleartext.
 *
 * <p>Arguments: the URL of a client; URL and token of a request that sends a text to the group "room"; URL and token of
 * a PUT without a body. Prints "done" at the end; anything unexpected is an exception.
 */
public class StandardClient implements WebSocket.Listener {
  private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
  private final StringBuilder fragments = new StringBuilder();

  @Override
  public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
    fragments.append(text);
    if (last) {
      arrived.add(fragments.toString());
      fragments.setLength(0);
    }
    return WebSocket.Listener.super.onText(socket, text, last);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
    arrived.add("closed " + code);
    return null;
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    arrived.add("failed " + error);
  }

  /** The next message has all these parts. */
  private void expect(String... parts) throws InterruptedException {
    String message = arrived.poll(10, TimeUnit.SECONDS);
    if (message == null) throw new AssertionError("nothing arrived in time");
    for (String part : parts) {
      if (!message.contains(part)) throw new AssertionError(message + " lacks " + part);
    }
  }

  private static HttpRequest request(String method, String url, String token, BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create(url))
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "text/plain")
        .method(method, body)
        .build();
  }

  private static void call(HttpClient http, HttpRequest request, int wanted) throws Exception {
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != wanted) {
      throw new AssertionError(request + " got " + answer.statusCode() + " " + answer.body());
    }
  }

  public static void main(String[] args) throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    StandardClient client = new StandardClient();
    WebSocket socket =
        http.newWebSocketBuilder()
            .subprotocols("protocol.of.others", "json.webpubsub.azure.v1")
            .buildAsync(URI.create(args[0]), client)
            .get(10, TimeUnit.SECONDS);
    if (!socket.getSubprotocol().equals("json.webpubsub.azure.v1")) {
      throw new AssertionError("subprotocol " + socket.getSubprotocol());
    }
    client.expect("\"event\":\"connected\"");
    socket.sendText("{\"type\":\"joinGroup\",\"group\":\"room\",\"ackId\":1}", true).join();
    client.expect("\"ackId\":1", "\"success\":true");
    // In two fragments, as the interface offers it.
    socket.sendText("{\"type\":\"sendToGroup\",\"group\":\"room\",\"dataType\":\"text\",", false).join();
    socket.sendText("\"data\":\"published\",\"ackId\":2}", true).join();
    client.expect("\"type\":\"message\"", "\"data\":\"published\"");
    client.expect("\"ackId\":2", "\"success\":true");

    call(http, request("POST", args[1], args[2], BodyPublishers.ofString("sent")), 202);
    client.expect("\"type\":\"message\"", "\"data\":\"sent\"");
    byte[] bytes = "sent in chunks".getBytes();
    BodyPublisher chunks = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
    call(http, request("POST", args[1], args[2], chunks), 202);
    client.expect("\"type\":\"message\"", "\"data\":\"sent in chunks\"");
    call(http, request("PUT", args[3], args[4], BodyPublishers.noBody()), 200);

    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    client.expect("closed 1000");
    System.out.println("done");
  }
}
