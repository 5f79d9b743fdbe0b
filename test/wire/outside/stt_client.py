"""A client of moshi-server's speech recognition that knows only the protocol.

Usage: stt_client.py [--speed N] [--key KEY] [--marker-silence SECONDS] [--only-listen] URL WAV...

Every WAV (16 bits, mono, 24 kHz) is a session of its own, all at once: a second of silence, the speech, more silence, a marker, and silence until
the marker is back, or nothing more with --only-listen. Prints one line of JSON a session, in the order of the files. Times in seconds; those of words count from the speech.
"""

import argparse
import array
import asyncio
import json
import time
import wave

import msgpack
import websockets

RATE = 24_000
FRAME = 1_920
LEADING_SECONDS = 1
MARKER_ID = 7
LONGEST_TAIL_SECONDS = 60
LONGEST_LISTENING_SECONDS = 600
QUIET_SECONDS = 0.5


def packed(message):
    return msgpack.packb(message, use_single_float=True)


def read_samples(path):
    with wave.open(path) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2), path
        return [sample / 32_768 for sample in array.array("h", file.readframes(file.getnframes()))]


class Session:
    def __init__(self, samples, options):
        self.options = options
        silence = [0.0] * RATE
        stream = silence * LEADING_SECONDS + samples + silence * options.marker_silence
        self.messages = [packed({"type": "Audio", "pcm": stream[at : at + FRAME]}) for at in range(0, len(stream), FRAME)]
        self.stream_samples = len(stream)
        self.sent_samples = 0
        self.sent = []
        self.words = []
        self.steps = []
        self.seen = []
        self.faults = []
        self.words_at_marker = None
        self.marker_after = None
        self.marked_at = None
        self.marker_back = asyncio.Event()
        self.heard_at = 0.0

    async def run(self, url):
        opened_at = time.monotonic()
        headers = {"kyutai-api-key": self.options.key} if self.options.key else {}
        try:
            async with websockets.connect(url, extra_headers=headers, max_size=None, ping_interval=None) as socket:
                first = msgpack.unpackb(await asyncio.wait_for(socket.recv(), 10))
                first_after = time.monotonic() - opened_at
                if first["type"] != "Ready":
                    return {"first": first, "first_after": first_after}
                listening = asyncio.create_task(self.listen(socket))
                await self.speak(socket)
                while not listening.done() and time.monotonic() - self.heard_at < QUIET_SECONDS:
                    await asyncio.sleep(0.05)
                listening.cancel()
        except websockets.InvalidStatusCode as refused:
            return {"status": refused.status_code}
        return {
            "first": first,
            "first_after": first_after,
            "words": self.words,
            "steps": len(self.steps),
            "audio_seconds": self.sent_samples / RATE,
            "probabilities": sorted({len(step["prs"]) for step in self.steps}),
            "likely": [step["prs"] for step in self.steps],
            "marker_after": self.marker_after,
            "words_after_marker": self.words_at_marker is not None and len(self.words) - self.words_at_marker,
            "types": sorted(set(self.seen)),
            "faults": self.faults,
        }

    async def speak(self, socket):
        started_at = time.monotonic()
        for message in self.messages:
            samples = min(FRAME, self.stream_samples - self.sent_samples)
            await self.send(socket, message, samples, started_at)
        self.marked_at = time.monotonic()
        await socket.send(packed({"type": "Marker", "id": MARKER_ID}))
        if self.options.only_listen:
            await asyncio.wait_for(self.marker_back.wait(), LONGEST_LISTENING_SECONDS)
        silence = packed({"type": "Audio", "pcm": [0.0] * FRAME})
        while not self.marker_back.is_set() and time.monotonic() - self.marked_at < LONGEST_TAIL_SECONDS:
            await self.send(socket, silence, FRAME, started_at)

    async def send(self, socket, message, samples, started_at):
        """Sends when a microphone would have the last of the samples, so many times as fast."""
        due_at = started_at + (self.sent_samples + samples) / RATE / self.options.speed
        await asyncio.sleep(max(0, due_at - time.monotonic()))
        await socket.send(message)
        self.sent_samples += samples
        self.sent.append((self.sent_samples / RATE, time.monotonic()))

    async def listen(self, socket):
        async for frame in socket:
            self.heard_at = time.monotonic()
            if not isinstance(frame, bytes):
                self.faults.append("a text message")
                continue
            message = msgpack.unpackb(frame)
            self.seen.append(message["type"])
            self.take(message)

    def take(self, message):
        kind = message["type"]
        if kind == "Step":
            self.steps.append(message)
        elif kind == "Word":
            self.words.append({"text": message["text"], "start": message["start_time"] - LEADING_SECONDS})
        elif kind == "EndWord":
            self.words[-1]["stop"] = message["stop_time"] - LEADING_SECONDS
            self.words[-1]["delay"] = self.heard_at - self.sent_at(message["stop_time"])
        elif kind == "Marker" and message["id"] == MARKER_ID:
            self.marker_after = self.heard_at - self.marked_at
            self.words_at_marker = len(self.words)
            self.marker_back.set()
        else:
            self.faults.append(f"unexpected: {kind}")

    def sent_at(self, seconds):
        return next((at for end, at in self.sent if end >= seconds), self.sent[-1][1])


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--speed", type=float, default=1)
    parser.add_argument("--key", default="")
    parser.add_argument("--marker-silence", type=int, default=5)
    parser.add_argument("--only-listen", action="store_true")
    parser.add_argument("url")
    parser.add_argument("wav", nargs="+")
    options = parser.parse_args()
    sessions = [Session(read_samples(path), options) for path in options.wav]
    for told in await asyncio.gather(*(session.run(options.url) for session in sessions)):
        print(json.dumps(told))


asyncio.run(main())
