"""A client of moshi-server's speech synthesis that knows only the protocol.

Usage: tts_client.py [--format FORMAT] [--key KEY] [--pause SECONDS] URL FILE WORD...

Sends the words one by one in binary messages, then the end of the text, and writes the speech to FILE: WAV for PcmMessagePack and Pcm, the
bytes as they come for OggOpus and OggOpusMessagePack. Prints one line of JSON. Times in seconds.
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


class Speech:
    def __init__(self, options):
        self.options = options
        self.texts = []
        self.samples = []
        self.ogg = bytearray()
        self.lengths = set()
        self.first_audio_after = None

    async def run(self):
        options = self.options
        headers = {"kyutai-api-key": options.key} if options.key else {}
        url = f"{options.url}?format={options.format}"
        has_messages = options.format.endswith("MessagePack")
        async with websockets.connect(url, extra_headers=headers, max_size=None) as socket:
            if has_messages:
                first = msgpack.unpackb(await asyncio.wait_for(socket.recv(), 10))
                assert first == {"type": "Ready"}, first
            writing = asyncio.create_task(self.write(socket))
            async for frame in socket:
                if has_messages:
                    self.take(msgpack.unpackb(frame))
                elif options.format == "Pcm":
                    self.hear(array.array("f", frame))
                else:
                    self.take({"type": "OggOpus", "data": frame})
            await writing
            code = socket.close_code
        self.save()
        return {
            "texts": self.texts,
            "samples": len(self.samples),
            "lengths": sorted(self.lengths),
            "bytes": len(self.ogg),
            "first_audio_after": self.first_audio_after,
            "close_code": code,
        }

    async def write(self, socket):
        self.started_at = time.monotonic()
        for word in self.options.words:
            await socket.send(msgpack.packb({"type": "Text", "text": word}))
            await asyncio.sleep(self.options.pause)
        await socket.send(msgpack.packb({"type": "Eos"}))

    def take(self, message):
        kind = message["type"]
        if kind == "Text":
            self.texts.append({"text": message["text"], "start": message["start_s"], "stop": message["stop_s"]})
        elif kind == "Audio":
            self.hear(message["pcm"])
        elif kind == "OggOpus":
            # The first piece is the header of the stream.
            if self.ogg:
                self.note_audio()
            self.ogg += bytes(message["data"])
        else:
            raise ValueError(message)

    def hear(self, samples):
        self.note_audio()
        self.lengths.add(len(samples))
        self.samples += samples

    def note_audio(self):
        if self.first_audio_after is None:
            self.first_audio_after = time.monotonic() - self.started_at

    def save(self):
        if self.ogg:
            with open(self.options.file, "wb") as file:
                file.write(self.ogg)
            return
        with wave.open(self.options.file, "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
            file.writeframes(array.array("h", [round(sample * 32_767) for sample in self.samples]).tobytes())


parser = argparse.ArgumentParser()
parser.add_argument("--format", default="OggOpus")
parser.add_argument("--key", default="")
parser.add_argument("--pause", type=float, default=0)
parser.add_argument("url")
parser.add_argument("file")
parser.add_argument("words", nargs="+")
print(json.dumps(asyncio.run(Speech(parser.parse_args()).run())))
