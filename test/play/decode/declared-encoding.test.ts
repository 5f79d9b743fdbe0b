import { expect, test } from "vitest";
import { encodingOfContentType, encodingOfPath } from "../../../src-main/play/decode/declared-encoding.ts";

test.each([
  ["audio/mpeg", "mp3"],
  ["audio/mp3", "mp3"],
  ["audio/wav", "wav"],
  ["audio/x-wav", "wav"],
  ["audio/vnd.wave;codec=1", "wav"],
  ["audio/ogg; codecs=opus", "ogg-opus"],
  ['Audio/Ogg; Codecs="Opus"', "ogg-opus"],
  ["audio/ogg;codecs=vorbis", "ogg-vorbis"],
  ["audio/ogg", undefined],
  ["audio/opus", "ogg-opus"],
  ["audio/flac", "flac"],
  ["audio/x-flac", "flac"],
  ["audio/aac", "aac"],
  ["audio/mp4", "aac"],
  ["audio/x-m4a", "aac"],
  ["audio/pcm", "s16le"],
  ["audio/L16; rate=24000; channels=1", "s16le"],
  ["application/octet-stream", undefined],
  ["text/html; charset=utf-8", undefined],
  ["", undefined],
])("content type %j: %s", (contentType, encoding) => {
  expect(encodingOfContentType(contentType)).toBe(encoding);
});

test.each([
  ["reply.mp3", "mp3"],
  ["/tmp/some.folder/REPLY.WAV", "wav"],
  ["reply.opus", "ogg-opus"],
  ["reply.ogg", undefined],
  ["reply.oga", undefined],
  ["reply.flac", "flac"],
  ["reply.aac", "aac"],
  ["reply.m4a", "aac"],
  ["reply.pcm", "s16le"],
  ["reply.raw", "s16le"],
  ["reply.txt", undefined],
  ["/v1/audio/speech", undefined],
  ["mp3", undefined],
])("path %s: %s", (path, encoding) => {
  expect(encodingOfPath(path)).toBe(encoding);
});
