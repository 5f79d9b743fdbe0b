import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { SoundRig } from "../../test/e2e/rig/sound-rig.ts";
import { ROOM_RATE_HZ } from "../../test/e2e/rig/sound-room.ts";
import { spokenText } from "../../test/fixtures/speech.ts";
import { atMost, type BenchResult, type BenchRow } from "../bench-result.ts";
import { startAssistantInRoom } from "./assistant-in-room.ts";

/** The kernel counts processor time in these. */
const TICKS_PER_SECOND = 100;
const LISTENING_MS = 30_000;
const QUESTIONS = ["What time is it?", "What is nine plus ten?", "How many minutes are in a day?", "What day is it?"];
const QUESTION_EVERY_MS = 7_000;
const ENGINES = ["detect", "moonshine", "flite"];

/** Processor seconds used so far by each thread of the assistant and each kind of the browser's processes. */
type CpuSeconds = ReadonlyMap<string, number>;

/** How much of one core each part takes while nobody speaks and during a conversation, in Chromium with the virtual sound card. */
export async function measureCpuShare(): Promise<BenchResult> {
  const { rig, app, close } = await startAssistantInRoom();
  try {
    await sleep(3_000);
    const listening = await share(app.processId, rig, () => sleep(LISTENING_MS));
    const talking = await share(app.processId, rig, () => converse(rig));
    const total = [...listening.values()].reduce((sum, value) => sum + value, 0);
    return {
      rows: [row("nobody speaks", listening), row("conversation", talking)],
      verdicts: [atMost("processor share while nobody speaks, % of one core", total, 12)],
    };
  } finally {
    await close();
  }
}

async function converse(rig: SoundRig): Promise<void> {
  for (const question of QUESTIONS) {
    const nextMs = Date.now() + QUESTION_EVERY_MS;
    await rig.play(await spokenText(question, "slt", ROOM_RATE_HZ));
    await sleep(Math.max(0, nextMs - Date.now()));
  }
}

/** Percent of one core by part: main thread, engine threads, other threads of the assistant, and the page. */
async function share(processId: number, rig: SoundRig, during: () => Promise<void>): Promise<Map<string, number>> {
  const startedAtMs = performance.now();
  const before = cpuSeconds(processId, rig.folder);
  await during();
  const after = cpuSeconds(processId, rig.folder);
  const seconds = (performance.now() - startedAtMs) / 1000;
  return new Map([...after].map(([part, used]) => [part, ((used - (before.get(part) ?? 0)) / seconds) * 100]));
}

function cpuSeconds(processId: number, browserFolder: string): CpuSeconds {
  const sums = new Map<string, number>([
    ["main", 0],
    ["engines", 0],
    ["other threads", 0],
    ["page", 0],
  ]);
  const add = (part: string, path: string): void => {
    sums.set(part, (sums.get(part) ?? 0) + readCpuSeconds(path));
  };
  for (const thread of readdirSync(`/proc/${processId}/task`)) {
    const path = `/proc/${processId}/task/${thread}`;
    const name = readFileSync(`${path}/comm`, "utf8").trim();
    if (thread === String(processId)) add("main", path);
    else add(ENGINES.includes(name) ? "engines" : "other threads", path);
  }
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (isPage(id, browserFolder)) add("page", `/proc/${id}`);
  }
  return sums;
}

/** Whether this process is the renderer of a browser whose profile is in that folder. */
function isPage(id: string, browserFolder: string): boolean {
  try {
    const commandLine = readFileSync(`/proc/${id}/cmdline`, "utf8");
    return commandLine.includes("--type=renderer") && commandLine.includes(browserFolder);
  } catch {
    return false;
  }
}

function readCpuSeconds(path: string): number {
  try {
    // The name is in brackets and may hold spaces; user and system time are the 12th and 13th field after it.
    const fields = readFileSync(`${path}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

function row(state: string, shares: ReadonlyMap<string, number>): BenchRow {
  const columns = [...shares].map(([part, percent]) => [`${part} %`, percent] as const);
  return { part: "processor share", state, ...Object.fromEntries(columns) };
}
