import { setTimeout as sleep } from "node:timers/promises";
import { soundingSpans } from "../../test/e2e/rig/analysis.ts";
import { ROOM_RATE_HZ } from "../../test/e2e/rig/sound-room.ts";
import { spokenText } from "../../test/fixtures/speech.ts";
import { startAssistantInRoom, type AssistantInRoom } from "./assistant-in-room.ts";
import { Random } from "./set/random.ts";
import { speechOnsetMs } from "./speech-onset.ts";

const LONG_ANSWER = "What can you do?";
/** What is said over a reply to take the turn. */
export const INTERRUPTIONS: readonly string[] = [
  "Stop.",
  "Wait, that is not what I meant.",
  "No, tell me the time instead.",
  "Okay enough.",
  "What time is it?",
];
/** Not "mhm": the voices spell it. */
const BACKCHANNELS = ["I see.", "Yeah.", "Right.", "Uh huh.", "Okay."];
/** Who says it. */
export const VOICES = ["kal", "slt"] as const;
/** Quieter output is silence, and a pause within an answer is no longer than this. */
const SILENT_DB = -50;
const LONGEST_PAUSE_MS = 700;
const WATCHED_MS = 3_500;
/** An answer is heard a little before the window shows it. */
const ANSWER_MARGIN_MS = 150;
const PAUSE_BEFORE_ANSWER_MS = 50;

/** What the page is made to keep: what it showed as the state, and when. */
interface WithStates {
  seenStates: { readonly state: string; readonly atMs: number }[];
}

/** What came of speech over one answer; times in ms from the speech's onset at the microphone, undefined when it did not happen. */
export interface Interjection {
  readonly text: string;
  readonly voice: string;
  /** How far into the answer the speech began. */
  readonly atMs: number;
  /** When the output was silent for good. */
  readonly silentMs: number | undefined;
  /** A turn of its own came of it. */
  readonly becameTurn: boolean;
}

/** What came of the assistant talking with nobody there. */
export interface SelfTalk {
  readonly spokenMs: number;
  /** Answers that broke off. */
  readonly interruptions: number;
  readonly phantomTurns: number;
}

/** The assistant in Chromium, in a virtual room where the microphone hears the speaker. */
export class BargeInStage {
  readonly #room: AssistantInRoom;

  private constructor(room: AssistantInRoom) {
    this.#room = room;
  }

  /** `echoRatio`: how much of the speaker the microphone hears. Lets one answer be heard, so that the echo path is known. */
  static async open(echoRatio: number): Promise<BargeInStage> {
    const stage = new BargeInStage(await startAssistantInRoom(echoRatio));
    await stage.#untilState("Listening");
    await stage.#keepStates();
    await sleep(1_500);
    await stage.#ask();
    await stage.#untilState("Listening", 40_000);
    return stage;
  }

  /** Speaks over one answer. `random`: a number from 0 to 1 for the moment. */
  async interject(text: string, voice: (typeof VOICES)[number], random: number): Promise<Interjection> {
    const turnsBefore = await this.#room.page.getByTestId("turn").count();
    const askedAtMs = await this.#ask();
    await sleep(500 + random * 6_000);
    const pcm = await spokenText(text, voice, ROOM_RATE_HZ);
    const { startedAtMs } = await this.#room.rig.play(pcm);
    const onsetAtMs = startedAtMs + speechOnsetMs(pcm, ROOM_RATE_HZ);
    await sleep(Math.max(0, onsetAtMs + WATCHED_MS - Date.now()));
    const answerAtMs = await this.#nextAnswerAtMs(onsetAtMs);
    const untilMs = answerAtMs ?? onsetAtMs + WATCHED_MS;
    const pauseMs = answerAtMs === undefined ? LONGEST_PAUSE_MS : PAUSE_BEFORE_ANSWER_MS;
    const output = await this.#room.rig.cut(onsetAtMs - LONGEST_PAUSE_MS, untilMs);
    const [span] = soundingSpans(output, ROOM_RATE_HZ, SILENT_DB, LONGEST_PAUSE_MS);
    const silentMs = (span?.endMs ?? Infinity) - LONGEST_PAUSE_MS;
    const becameTurn = (await this.#room.page.getByTestId("turn").count()) > turnsBefore + 1;
    await this.#settle();
    return {
      text,
      voice,
      atMs: Math.round(onsetAtMs - askedAtMs),
      silentMs: silentMs < untilMs - onsetAtMs - pauseMs ? silentMs : undefined,
      becameTurn,
    };
  }

  /** Lets the assistant talk for at least so long. */
  async talkAlone(minutes: number): Promise<SelfTalk> {
    const total = { spokenMs: 0, interruptions: 0, phantomTurns: 0 };
    while (total.spokenMs < minutes * 60_000) {
      const turns = this.#room.page.getByTestId("turn");
      const turnsBefore = await turns.count();
      const askedAtMs = await this.#ask();
      await this.#untilState("Listening", 40_000);
      total.spokenMs += Date.now() - askedAtMs;
      await sleep(1_000);
      if ((await turns.nth(turnsBefore).textContent())?.includes("interrupted")) total.interruptions++;
      total.phantomTurns += (await turns.count()) - turnsBefore - 1;
    }
    return total;
  }

  close(): Promise<void> {
    return this.#room.close();
  }

  /** When the window began to show an answer to what was said at `onsetAtMs`, a little early; undefined when there was none. */
  async #nextAnswerAtMs(onsetAtMs: number): Promise<number | undefined> {
    const seen = await this.#room.page.evaluate(() => (globalThis as unknown as WithStates).seenStates);
    const since = seen.filter(({ atMs }) => atMs > onsetAtMs);
    const heard = since.findIndex(({ state }) => state !== "Speaking");
    const answer = heard === -1 ? undefined : since.slice(heard).find(({ state }) => state === "Speaking");
    return answer && answer.atMs - ANSWER_MARGIN_MS;
  }

  /** Types a question with a long answer; resolves when it sounds, with the instant at which it was asked. */
  async #ask(): Promise<number> {
    const askedAtMs = Date.now();
    await this.#room.page.getByTestId("text-input").fill(LONG_ANSWER);
    await this.#room.page.keyboard.press("Enter");
    await this.#untilState("Speaking");
    return askedAtMs;
  }

  async #settle(): Promise<void> {
    await this.#room.page.keyboard.press("Escape");
    await sleep(400);
    await this.#room.page.keyboard.press("Escape");
    await this.#untilState("Listening", 20_000);
    await sleep(600);
  }

  async #keepStates(): Promise<void> {
    await this.#room.page.getByTestId("state").evaluate((shown) => {
      const seen: WithStates["seenStates"] = [];
      (globalThis as unknown as WithStates).seenStates = seen;
      const observer = new MutationObserver(() => seen.push({ state: shown.textContent ?? "", atMs: Date.now() }));
      observer.observe(shown, { childList: true, characterData: true, subtree: true });
    });
  }

  async #untilState(wanted: string, timeoutMs = 10_000): Promise<void> {
    const deadlineAtMs = Date.now() + timeoutMs;
    while ((await this.#room.page.getByTestId("state").textContent()) !== wanted) {
      if (Date.now() > deadlineAtMs) throw new Error(`the assistant is not ${wanted}`);
      await sleep(20);
    }
  }
}

/** Interrupts so many answers at seeded moments. */
export async function interrupt(stage: BargeInStage, count: number): Promise<Interjection[]> {
  return interjectAll(stage, INTERRUPTIONS, count);
}

/** Says so many times what a listener says to show that they listen. */
export async function agree(stage: BargeInStage, count: number): Promise<Interjection[]> {
  return interjectAll(stage, BACKCHANNELS, count);
}

async function interjectAll(stage: BargeInStage, texts: readonly string[], count: number): Promise<Interjection[]> {
  const out: Interjection[] = [];
  const random = new Random("barge-in");
  for (let index = 0; index < count; index++) {
    const text = texts[index % texts.length] as string;
    const voice = VOICES[Math.floor(index / texts.length) % VOICES.length] ?? "kal";
    out.push(await stage.interject(text, voice, random.next()));
  }
  return out;
}
