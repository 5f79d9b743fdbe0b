import { MessageChannelMain, type MessagePortMain } from "electron";
import type { MicrophoneFrame } from "../../src-shared/assistant-contract.ts";
import { speakerReportSchema } from "../../src-shared/carrier-schemas.ts";
import type { SpeakerCommand } from "../../src-shared/speaker-protocol.ts";
import type { AudioSession } from "./assistant-endpoint.ts";
import type { PageClock } from "./page-clock.ts";

/** The main process's ends of a page's audio, and the page's own: microphone, then speaker. */
export interface AudioPorts {
  readonly pagePorts: readonly [MessagePortMain, MessagePortMain];
  send(command: SpeakerCommand): void;
  close(): void;
}

/** Makes a fresh pair of audio ports for a page with this clock. Messages that are not in the contract are left out. Main thread. */
export function openAudioPorts(page: AudioSession, clock: PageClock): AudioPorts {
  const [microphone, speaker] = [new MessageChannelMain(), new MessageChannelMain()];
  microphone.port1.on("message", ({ data }) => {
    if (isMicrophoneFrame(data)) page.onMicrophoneFrame(clock.frame(data));
  });
  speaker.port1.on("message", ({ data }) => {
    const report = speakerReportSchema.safeParse(data);
    if (report.success) page.onSpeakerReport(clock.report(report.data));
  });
  microphone.port1.start();
  speaker.port1.start();
  return {
    pagePorts: [microphone.port2, speaker.port2],
    send: (command) => speaker.port1.postMessage(command),
    close: () => {
      microphone.port1.close();
      speaker.port1.close();
    },
  };
}

/** The intake checks lengths and numbers. */
function isMicrophoneFrame(data: unknown): data is MicrophoneFrame {
  return (
    (data as MicrophoneFrame | null)?.pcm instanceof Float32Array &&
    typeof (data as MicrophoneFrame).endedAtMs === "number"
  );
}
