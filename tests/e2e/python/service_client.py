"""Every operation of the official Python service client, against a running server.

Takes a connection string, a hub, and the ids of two connections: the first of user "ann" in group "g", the second of
nobody in no group. Prints "done" at the end; anything unexpected is an exception. What the connections receive is
judged by whoever holds them.
"""

import io
import sys
from urllib.parse import urlparse

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.messaging.webpubsubservice import WebPubSubServiceClient


def expect(actual, wanted):
    if actual != wanted:
        raise AssertionError(f"got {actual!r}, wanted {wanted!r}")


def refused(call, error, code):
    try:
        call()
    except error as problem:
        expect(problem.response.headers.get("x-ms-error-code"), code)
        return
    raise AssertionError(f"not refused with {code}")


def main(connection_string, hub, ann, other):
    service = WebPubSubServiceClient.from_connection_string(connection_string, hub=hub)

    service.send_to_all({"n": 1}, content_type="application/json")
    service.send_to_all("text", content_type="text/plain", excluded=[other, "nobody"])
    service.send_to_all(io.BytesIO(b"\x01\x02"), content_type="application/octet-stream")
    service.send_to_all("filtered", content_type="text/plain", filter="userId eq 'ann'")
    service.send_to_group("g", "group", content_type="text/plain")
    service.send_to_group("g", [1, None], excluded=[other], filter="'g' in groups")
    service.send_to_user("ann", "user", content_type="text/plain", filter="userId ne null")
    service.send_to_connection(ann, "connection", content_type="text/plain")
    refused(lambda: service.send_to_all("x", filter="userId"), HttpResponseError, "Error.BadRequest")

    for exists, there in (
        (service.connection_exists, ann),
        (service.group_exists, "g"),
        (service.user_exists, "ann"),
    ):
        expect(exists(there), True)
        expect(exists("nobody/at all"), False)

    name = "a/b c"
    service.add_connection_to_group(name, other)
    expect(service.group_exists(name), True)
    service.remove_connection_from_group(name, other)
    expect(service.group_exists(name), False)
    service.add_user_to_group(name, "ann")
    service.remove_user_from_group(name, "ann")
    service.add_user_to_group(name, "ann")
    service.remove_user_from_all_groups("ann")
    service.add_connection_to_group(name, other)
    service.remove_connection_from_all_groups(other)
    expect(service.group_exists(name), False)
    refused(
        lambda: service.add_connection_to_group(name, "nobody"),
        ResourceNotFoundError,
        "Error.Connection.NotExisted",
    )
    refused(
        lambda: service.add_user_to_group(name, "nobody"), ResourceNotFoundError, "Warning.User.NotExisted"
    )

    service.add_connection_to_group(name, ann)
    service.add_connection_to_group(name, other)
    members = list(service.list_connections(group=name))
    expect({(m.connection_id, m.user_id) for m in members}, {(ann, "ann"), (other, None)})
    expect(len(list(service.list_connections(group=name, top=1))), 1)
    pages = service.list_connections(group=name, maxpagesize=1).by_page()
    expect([[m.connection_id for m in page] for page in pages], [[i] for i in sorted([ann, other])])

    for permission in ("sendToGroup", "joinLeaveGroup"):
        expect(service.has_permission(permission, other, target_name=name), False)
        service.grant_permission(permission, other, target_name=name)
        expect(service.has_permission(permission, other, target_name=name), True)
        service.revoke_permission(permission, other, target_name=name)
        expect(service.has_permission(permission, other, target_name=name), False)

    token = service.get_client_access_token(user_id="u", roles=["r"], groups=["g"], minutes_to_expire=5)
    expect(urlparse(token["url"]).path, f"/client/hubs/{hub}")

    service.close_connection("nobody", reason="none")
    service.close_group_connections(name, excluded=[ann, other])
    service.close_user_connections("ann", reason="user", excluded=[other])
    expect(service.user_exists("ann"), False)
    service.close_all_connections(reason="all")
    expect(service.connection_exists(other), False)
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
