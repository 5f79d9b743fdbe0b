import type { RawData, WebSocket } from "ws";
import { decodeAudio, encodeSpeakerPcm, type ShellMessage } from "../../src-shared/carrier-protocol.ts";
import { pageMessageSchema } from "../../src-shared/carrier-schemas.ts";
import type { SpeakerCommand } from "../../src-shared/speaker-protocol.ts";
import type { AssistantEndpoint, AudioSession } from "./assistant-endpoint.ts";
import { PageClock } from "./page-clock.ts";
import { parseJson } from "../../src-shared/parse-json.ts";

const PROTOCOL_ERROR = 1002;
/** A page that leaves this much unread is not reading any more: about a minute of speech. */
const MOST_UNSENT_BYTES = 8 * 1024 * 1024;

/** Connects one page to the assistant over its WebSocket until either side closes. Anything that is not in the protocol closes it with 1002. */
export function carryPage(socket: WebSocket, endpoint: AssistantEndpoint, heartbeatMs: number): void {
  let clock: PageClock | undefined;
  let isAlive = true;
  const sendBytes = (data: string | ArrayBuffer): void => {
    if (socket.bufferedAmount > MOST_UNSENT_BYTES) socket.terminate();
    else if (socket.readyState === socket.OPEN) socket.send(data);
  };
  const send = (message: ShellMessage): void => sendBytes(JSON.stringify(message));
  const sendCommand = (command: SpeakerCommand): void => {
    if (command.kind === "pcm") sendBytes(encodeSpeakerPcm(command.generation, command.pcm));
    else send({ kind: "speaker", message: command });
  };
  const page: AudioSession = {
    onMicrophoneFrame: () => undefined,
    onSpeakerReport: () => undefined,
    sendSpeakerCommand: sendCommand,
  };
  const unsubscribe = endpoint.subscribe((event) => send({ kind: "event", event }));

  const takeText = (text: string): void => {
    const parsed = pageMessageSchema.safeParse(parseJson(text));
    if (!parsed.success) return socket.close(PROTOCOL_ERROR, "unknown message");
    const message = parsed.data;
    switch (message.kind) {
      case "request":
        void endpoint
          .request(message.name, message.input, page)
          .then((outcome) => send({ kind: "answer", id: message.id, outcome }));
        return;
      case "audio-ports":
        clock = new PageClock(message.wallLeadMs);
        return endpoint.attachAudio(page);
      case "speaker":
        if (clock) page.onSpeakerReport(clock.report(message.message));
    }
  };
  const takeAudio = (bytes: Buffer): void => {
    const decoded = decodeAudio(bytes);
    if (!decoded.ok || decoded.value.kind !== "microphone")
      return socket.close(PROTOCOL_ERROR, "unknown audio message");
    if (clock) page.onMicrophoneFrame(clock.frame(decoded.value.frame));
  };

  socket.on("message", (data: RawData, isBinary: boolean) => {
    if (socket.readyState !== socket.OPEN) return;
    isAlive = true;
    const bytes = data as Buffer;
    if (isBinary) takeAudio(bytes);
    else takeText(bytes.toString("utf8"));
  });
  socket.on("pong", () => {
    isAlive = true;
  });
  // A broken or oversized message: ws closes the connection itself, with the code that fits.
  socket.on("error", () => undefined);
  const heartbeat = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, heartbeatMs);
  socket.on("close", () => {
    clearInterval(heartbeat);
    unsubscribe();
    endpoint.detachAudio(page);
  });
}
