"""A client on the library `websockets` alone: joins a group, publishes, receives, leaves.

Arguments: the URL of a client; URL and token of a request that sends a text to the group "room". Prints "done" at the
end; anything unexpected is an exception.
"""

import asyncio
import json
import sys
import urllib.request

from websockets.asyncio.client import connect


def send(url, token, text):
    """Sends by the standard library's HTTP client."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
    request = urllib.request.Request(url, text.encode(), headers, method="POST")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 202, answer.status


async def main(client_url, send_url, send_token):
    protocols = ["protocol.of.others", "json.webpubsub.azure.v1"]
    async with connect(client_url, subprotocols=protocols) as socket:
        assert socket.subprotocol == "json.webpubsub.azure.v1", socket.subprotocol

        async def say(**message):
            await socket.send(json.dumps(message))

        async def expect(**wanted):
            message = json.loads(await socket.recv())
            assert wanted.items() <= message.items(), message

        await expect(type="system", event="connected")
        await say(type="joinGroup", group="room", ackId=1)
        await expect(type="ack", ackId=1, success=True)
        await say(type="sendToGroup", group="room", dataType="text", data="published", ackId=2)
        await expect(type="message", group="room", data="published")
        await expect(type="ack", ackId=2, success=True)
        await asyncio.to_thread(send, send_url, send_token, "sent")
        await expect(type="message", group="room", data="sent")
        # The library sends pings by itself as well; this one waits for its pong.
        await (await socket.ping(b"are you there"))
    assert socket.close_code == 1000, socket.close_code
    print("done")


asyncio.run(main(*sys.argv[1:4]))
