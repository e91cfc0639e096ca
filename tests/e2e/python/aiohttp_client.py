"""A client on `aiohttp` alone: joins a group, publishes, sends by REST, receives, leaves.

Arguments: the URL of a client; URL and token of a request that sends a text to the group "room"; URL and token of a PUT
without a body. Prints "done" at the end; anything unexpected is an exception.
"""

import asyncio
import sys

from aiohttp import ClientSession


async def pieces(*texts):
    """A body whose length is not known in advance: it is sent in chunks."""
    for text in texts:
        yield text.encode()


async def main(client_url, send_url, send_token, put_url, put_token):
    protocols = ("protocol.of.others", "json.webpubsub.azure.v1")
    async with ClientSession() as session:

        async def send(body):
            headers = {"Authorization": f"Bearer {send_token}", "Content-Type": "text/plain"}
            async with session.post(send_url, data=body, headers=headers) as answer:
                assert answer.status == 202, (answer.status, await answer.text())

        async with session.ws_connect(client_url, protocols=protocols) as socket:
            assert socket.protocol == "json.webpubsub.azure.v1", socket.protocol

            async def expect(**wanted):
                message = await socket.receive_json()
                assert wanted.items() <= message.items(), message

            await expect(type="system", event="connected")
            await socket.send_json({"type": "joinGroup", "group": "room", "ackId": 1})
            await expect(type="ack", ackId=1, success=True)
            text = {"type": "sendToGroup", "group": "room", "dataType": "text", "ackId": 2}
            await socket.send_json({**text, "data": "published"})
            await expect(type="message", group="room", data="published")
            await expect(type="ack", ackId=2, success=True)
            await send("sent")
            await expect(type="message", group="room", data="sent")
            await send(pieces("sent ", "in chunks"))
            await expect(type="message", group="room", data="sent in chunks")
            headers = {"Authorization": f"Bearer {put_token}"}
            async with session.put(put_url, headers=headers) as answer:
                assert answer.status == 200, (answer.status, await answer.text())
            await socket.close()
            assert socket.close_code == 1000, socket.close_code
    print("done")


asyncio.run(main(*sys.argv[1:6]))
