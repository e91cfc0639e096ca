"""The official Python client, driven by lines on stdin; tells what happens as JSON lines on stdout.

Arguments: the client URL. Lines: "join GROUP", "send GROUP TEXT", "json GROUP JSON", "stop".
"""

import json
import sys
import threading

from azure.messaging.webpubsubclient import WebPubSubClient
from azure.messaging.webpubsubclient.models import CallbackType, WebPubSubDataType

_LOCK = threading.Lock()


def tell(*what):
    with _LOCK:
        print(json.dumps(what), flush=True)


def main():
    client = WebPubSubClient(sys.argv[1])
    client.subscribe(CallbackType.CONNECTED, lambda e: tell("connected", e.user_id))
    client.subscribe(CallbackType.DISCONNECTED, lambda e: tell("disconnected"))
    client.subscribe(
        CallbackType.GROUP_MESSAGE, lambda e: tell("group", e.group, str(e.data_type), e.data)
    )
    client.subscribe(CallbackType.SERVER_MESSAGE, lambda e: tell("server", str(e.data_type), e.data))
    client.open()
    for line in sys.stdin:
        verb, *rest = line.rstrip("\n").split(" ", 2)
        if verb == "join":
            client.join_group(rest[0])
        elif verb == "send":
            client.send_to_group(rest[0], rest[1], WebPubSubDataType.TEXT)
        elif verb == "json":
            client.send_to_group(rest[0], json.loads(rest[1]), WebPubSubDataType.JSON)
        elif verb == "stop":
            break
        tell("done", verb)
    client.close()
    tell("closed")


main()
