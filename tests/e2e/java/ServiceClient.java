import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.rest.RequestOptions;
import com.azure.core.util.BinaryData;
import com.azure.messaging.webpubsub.WebPubSubServiceClient;
import com.azure.messaging.webpubsub.WebPubSubServiceClientBuilder;
import com.azure.messaging.webpubsub.models.GetClientAccessTokenOptions;
import com.azure.messaging.webpubsub.models.WebPubSubContentType;
import com.azure.messaging.webpubsub.models.WebPubSubPermission;
import java.util.List;

/**
 * Every operation of the official Java service client, against a running server.
 *
 * <p>Takes a connection string, a hub, and the ids of two connections: the first of user "ann" in group "g", the second
 * of nobody in no group. Prints "done" at the end; anything unexpected is an exception. What the connections receive is
 * judged by whoever holds them.
 */
public class ServiceClient {
  static void expect(Object actual, Object wanted) {
    if (!actual.equals(wanted)) throw new AssertionError("got " + actual + ", wanted " + wanted);
  }

  static void refused(Runnable call, String code) {
    try {
      call.run();
    } catch (HttpResponseException refusal) {
      expect(refusal.getResponse().getHeaders().getValue("x-ms-error-code"), code);
      return;
    }
    throw new AssertionError("not refused with " + code);
  }

  static RequestOptions query(String... pairs) {
    RequestOptions options = new RequestOptions();
    for (int i = 0; i < pairs.length; i += 2) options.addQueryParam(pairs[i], pairs[i + 1]);
    return options;
  }

  public static void main(String[] args) {
    String ann = args[2];
    String other = args[3];
    WebPubSubServiceClient service =
        new WebPubSubServiceClientBuilder().connectionString(args[0]).hub(args[1]).buildClient();

    service.sendToAll("{\"n\":1}", WebPubSubContentType.APPLICATION_JSON);
    byte[] bytes = {1, 2};
    service.sendToAllWithResponse(
        BinaryData.fromBytes(bytes),
        WebPubSubContentType.APPLICATION_OCTET_STREAM,
        bytes.length,
        query("excluded", other));
    service.sendToGroup("g", "group", WebPubSubContentType.TEXT_PLAIN);
    service.sendToGroupWithResponse(
        "g",
        BinaryData.fromString("filtered"),
        WebPubSubContentType.TEXT_PLAIN,
        8,
        query("filter", "userId eq 'ann'", "messageTtlSeconds", "5"));
    service.sendToUser("ann", "user", WebPubSubContentType.TEXT_PLAIN);
    service.sendToConnection(ann, "connection", WebPubSubContentType.TEXT_PLAIN);
    refused(
        () ->
            service.sendToAllWithResponse(
                BinaryData.fromString("x"),
                WebPubSubContentType.TEXT_PLAIN,
                1,
                query("filter", "userId")),
        "Error.BadRequest");

    RequestOptions none = new RequestOptions();
    expect(service.connectionExistsWithResponse(ann, none).getValue(), true);
    expect(service.connectionExistsWithResponse("nobody", none).getValue(), false);
    expect(service.groupExistsWithResponse("g", none).getValue(), true);
    expect(service.groupExistsWithResponse("nobody", none).getValue(), false);
    expect(service.userExistsWithResponse("ann", none).getValue(), true);
    expect(service.userExistsWithResponse("nobody", none).getValue(), false);

    String name = "a/b c";
    expect(service.addConnectionToGroupWithResponse(name, other, none).getStatusCode(), 200);
    expect(service.removeConnectionFromGroupWithResponse(name, other, none).getStatusCode(), 204);
    expect(service.groupExistsWithResponse(name, none).getValue(), false);
    expect(service.addUserToGroupWithResponse(name, "ann", none).getStatusCode(), 200);
    expect(service.removeUserFromGroupWithResponse(name, "ann", none).getStatusCode(), 204);
    service.addConnectionsToGroups(List.of(name, "h"), "userId eq null");
    expect(service.groupExistsWithResponse("h", none).getValue(), true);
    expect(service.removeConnectionFromAllGroupsWithResponse(other, none).getStatusCode(), 204);
    expect(service.removeUserFromAllGroupsWithResponse("ann", none).getStatusCode(), 204);
    expect(service.groupExistsWithResponse("g", none).getValue(), false);
    refused(
        () -> service.addConnectionToGroupWithResponse(name, "nobody", none),
        "Error.Connection.NotExisted");
    refused(() -> service.addUserToGroupWithResponse(name, "nobody", none), "Warning.User.NotExisted");

    RequestOptions target = query("targetName", name);
    for (WebPubSubPermission permission :
        List.of(WebPubSubPermission.SEND_TO_GROUP, WebPubSubPermission.JOIN_LEAVE_GROUP)) {
      service.grantPermissionWithResponse(permission, other, target);
      expect(service.checkPermissionWithResponse(permission, other, target).getValue(), true);
      service.revokePermissionWithResponse(permission, other, target);
      expect(service.checkPermissionWithResponse(permission, other, target).getValue(), false);
    }

    String url =
        service.getClientAccessToken(new GetClientAccessTokenOptions().setUserId("u")).getUrl();
    expect(url.contains("/client/hubs/" + args[1] + "?access_token="), true);

    service.closeConnectionWithResponse("nobody", query("reason", "none"));
    service.closeGroupConnectionsWithResponse("nobody", none);
    service.closeUserConnectionsWithResponse("ann", query("reason", "user", "excluded", other));
    expect(service.userExistsWithResponse("ann", none).getValue(), false);
    service.closeAllConnectionsWithResponse(query("reason", "all"));
    expect(service.connectionExistsWithResponse(other, none).getValue(), false);
    System.out.println("done");
    System.exit(0);
  }
}
