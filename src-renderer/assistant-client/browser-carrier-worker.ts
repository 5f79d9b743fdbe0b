import type { MicrophoneFrame } from "../../src-shared/assistant-contract.ts";
import {
  decodeAudio,
  encodeMicrophoneFrame,
  type PageMessage,
  type ShellMessage,
} from "../../src-shared/carrier-protocol.ts";
import type { SpeakerReport } from "../../src-shared/speaker-protocol.ts";
import { wallLeadMs } from "../../src-shared/wall-lead.ts";
import type { CarrierReply, CarrierRequest } from "./carrier-worker-protocol.ts";

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 4_000;

const reply = (message: CarrierReply): void => self.postMessage(message);
let socket: WebSocket;
let retryMs = FIRST_RETRY_MS;
let waiting: PageMessage[] = [];
let microphone: MessagePort | undefined;
let speaker: MessagePort | undefined;

connect();

self.addEventListener("message", ({ data, ports }: MessageEvent<CarrierRequest>) => {
  if (data.kind === "request") return send({ ...data, input: data.input });
  closePorts();
  [microphone, speaker] = ports;
  microphone?.addEventListener("message", ({ data: frame }: MessageEvent<MicrophoneFrame>) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(encodeMicrophoneFrame(frame));
  });
  speaker?.addEventListener("message", ({ data: message }: MessageEvent<SpeakerReport>) =>
    send({ kind: "speaker", message }),
  );
  microphone?.start();
  speaker?.start();
  if (socket.readyState === WebSocket.OPEN) requestAudio();
});

function connect(): void {
  socket = new WebSocket(new URL("/carrier", self.location.href).href.replace(/^http/, "ws"));
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    retryMs = FIRST_RETRY_MS;
    reply({ kind: "connection", open: true });
    if (speaker) requestAudio();
    const messages = waiting;
    waiting = [];
    for (const message of messages) send(message);
  });
  socket.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (typeof data === "string") takeText(JSON.parse(data) as ShellMessage);
    else takeAudio(data);
  });
  socket.addEventListener("close", () => {
    reply({ kind: "connection", open: false });
    waiting = [];
    closePorts();
    setTimeout(connect, retryMs);
    retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
  });
}

function requestAudio(): void {
  send({ kind: "audio-ports", wallLeadMs: wallLeadMs(Date, performance) });
}

function closePorts(): void {
  microphone?.close();
  speaker?.close();
  microphone = undefined;
  speaker = undefined;
}

function send(message: PageMessage): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  else if (message.kind === "request") waiting.push(message);
}

function takeText(message: ShellMessage): void {
  if (message.kind === "speaker") speaker?.postMessage(message.message);
  else reply(message);
}

function takeAudio(data: ArrayBuffer): void {
  const audio = decodeAudio(new Uint8Array(data));
  if (audio.ok && audio.value.kind === "speaker") {
    const { generation, pcm } = audio.value;
    speaker?.postMessage({ kind: "pcm", generation, pcm }, [data]);
  }
}
