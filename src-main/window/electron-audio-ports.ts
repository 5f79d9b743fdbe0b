import { MessageChannelMain, type MessagePortMain } from "electron";
import type { MicrophoneFrame } from "../../src-shared/assistant-contract.ts";
import { speakerReportSchema } from "../../src-shared/carrier-schemas.ts";
import type { AudioSession } from "./assistant-endpoint.ts";
import type { PageClock } from "./page-clock.ts";

/** The main process's ends of a page's audio, and the page's own: microphone, then speaker. */
export interface OpenedAudioPorts {
  readonly session: AudioSession & { close(): void };
  readonly pagePorts: readonly [MessagePortMain, MessagePortMain];
}

/** Makes a fresh pair of audio ports for a page with this clock. Messages that are not in the contract are left out. Main thread. */
export function openAudioPorts(clock: PageClock): OpenedAudioPorts {
  const [microphone, speaker] = [new MessageChannelMain(), new MessageChannelMain()];
  const session: OpenedAudioPorts["session"] = {
    onMicrophoneFrame: () => undefined,
    onSpeakerReport: () => undefined,
    sendSpeakerCommand: (command) => speaker.port1.postMessage(command),
    close: () => {
      microphone.port1.close();
      speaker.port1.close();
    },
  };
  microphone.port1.on("message", ({ data }) => {
    if (isMicrophoneFrame(data)) session.onMicrophoneFrame(clock.frame(data));
  });
  speaker.port1.on("message", ({ data }) => {
    const report = speakerReportSchema.safeParse(data);
    if (report.success) session.onSpeakerReport(clock.report(report.data));
  });
  microphone.port1.start();
  speaker.port1.start();
  return { session, pagePorts: [microphone.port2, speaker.port2] };
}

/** The intake checks lengths and numbers. */
function isMicrophoneFrame(data: unknown): data is MicrophoneFrame {
  return (
    (data as MicrophoneFrame | null)?.pcm instanceof Float32Array &&
    typeof (data as MicrophoneFrame).endedAtMs === "number"
  );
}
