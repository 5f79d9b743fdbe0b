"""A client of Moshi's conversation server that knows only the protocol.

Usage: chat_client.py [--speed N] [--key KEY] [--piece BYTES] URL QUESTION.opus ANSWER.opus

Sends Ogg Opus page by page as a microphone would have it, so many times as fast and in pieces of so many bytes, once the server is ready, and writes
what comes back to a file. Prints one line of JSON. Times in seconds.
"""

import argparse
import asyncio
import json
import struct
import time

import websockets

HANDSHAKE, AUDIO, TEXT, CONTROL, METADATA, ERROR, PING = range(7)
GRANULE_RATE = 48_000
QUIET_SECONDS = 0.5


def pages_of(ogg):
    """The pages of a stream, each with the time of its end."""
    pages = []
    while ogg:
        assert ogg[:4] == b"OggS", "not a page"
        granule = struct.unpack_from("<q", ogg, 6)[0]
        segments = ogg[26]
        length = 27 + segments + sum(ogg[27 : 27 + segments])
        pages.append((granule / GRANULE_RATE, ogg[:length]))
        ogg = ogg[length:]
    return pages


class Conversation:
    def __init__(self, options):
        self.options = options
        self.kinds = []
        self.text = ""
        self.errors = []
        self.answer = bytearray()
        self.handshake = None
        self.heard_at = 0.0
        self.ready = asyncio.Event()

    async def run(self):
        options = self.options
        headers = {"kyutai-api-key": options.key} if options.key else {}
        opened_at = time.monotonic()
        async with websockets.connect(options.url, extra_headers=headers, max_size=None) as socket:
            listening = asyncio.create_task(self.listen(socket))
            await asyncio.wait_for(self.ready.wait(), 30)
            ready_after = time.monotonic() - opened_at
            await self.speak(socket)
            while not listening.done() and time.monotonic() - self.heard_at < QUIET_SECONDS:
                await asyncio.sleep(0.05)
            listening.cancel()
        with open(options.answer, "wb") as file:
            file.write(self.answer)
        return {
            "handshake": self.handshake,
            "ready_after": ready_after,
            "kinds": sorted(set(self.kinds)),
            "first_kinds": self.kinds[:2],
            "sounds": self.kinds.count(AUDIO) - 1,
            "text": self.text,
            "errors": self.errors,
        }

    async def speak(self, socket):
        started_at = time.monotonic()
        for other in (bytes([PING]), bytes([CONTROL, 0]), bytes([METADATA]) + b"{}", bytes([200])):
            await socket.send(other)
        with open(self.options.question, "rb") as file:
            pages = pages_of(file.read())
        for end, page in pages:
            await asyncio.sleep(max(0, started_at + end / self.options.speed - time.monotonic()))
            for at in range(0, len(page), self.options.piece):
                await socket.send(bytes([AUDIO]) + page[at : at + self.options.piece])
        self.heard_at = time.monotonic()

    async def listen(self, socket):
        async for frame in socket:
            self.heard_at = time.monotonic()
            kind, content = frame[0], frame[1:]
            self.kinds.append(kind)
            if kind == HANDSHAKE:
                self.handshake = list(content)
                self.ready.set()
            elif kind == AUDIO:
                self.answer += content
            elif kind == TEXT:
                self.text += content.decode()
            elif kind == ERROR:
                self.errors.append(content.decode())


parser = argparse.ArgumentParser()
parser.add_argument("--speed", type=float, default=1)
parser.add_argument("--key", default="")
parser.add_argument("--piece", type=int, default=1_000_000)
parser.add_argument("url")
parser.add_argument("question")
parser.add_argument("answer")
print(json.dumps(asyncio.run(Conversation(parser.parse_args()).run())))
