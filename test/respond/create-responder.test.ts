import { afterEach, beforeEach, expect, test } from "vitest";
import type { ConversationEntry, ReplyPart } from "../../src-main/turn/ports.ts";
import { createResponder } from "../../src-main/respond/create-responder.ts";
import { TimerStore } from "../../src-main/respond/timer-store.ts";
import { settingsSchema, type SettingsPatch } from "../../src-shared/settings.ts";
import { LanguageModelServer } from "./language-model-server.ts";

let server: LanguageModelServer;
beforeEach(async () => {
  server = new LanguageModelServer();
  await server.start();
});
afterEach(() => server.stop());

const NOW_MS = new Date(2026, 10, 21, 15, 25).getTime();

function rig(baseUrl = "") {
  const patches: SettingsPatch[] = [];
  const timers = new TimerStore({
    nowMs: () => NOW_MS,
    schedule: () => () => {},
    storage: { load: () => undefined, save: () => {} },
  });
  const responder = createResponder({
    settings: () => settingsSchema.parse({ languageModel: { baseUrl } }),
    nowMs: () => NOW_MS,
    random: () => 0.3,
    changeSettings: (patch) => patches.push(patch),
    timers,
  });
  const history: ConversationEntry[] = [];
  const reply = async (text: string): Promise<readonly ReplyPart[]> => {
    const request = { key: { turnId: 1, revision: 0 }, text, history: [...history] };
    return collect(responder.respond(request, new AbortController().signal));
  };
  /** One exchange: effects run, and what was said is remembered as far as it was heard. */
  const talk = async (text: string, heardCharacters?: number): Promise<string> => {
    const parts = await reply(text);
    for (const part of parts) if (part.kind === "effect") part.run();
    const said = sayings(parts);
    history.push({ speaker: "user", text, interrupted: false });
    const heard = said.slice(0, heardCharacters);
    if (heard !== "") history.push({ speaker: "assistant", text: heard, interrupted: heard !== said });
    return said;
  };
  return { timers, patches, reply, talk, responder, history };
}

async function collect(stream: AsyncIterable<ReplyPart>): Promise<readonly ReplyPart[]> {
  const parts: ReplyPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

function sayings(parts: readonly ReplyPart[]): string {
  return parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
}

test("nothing happens until the effect is run", async () => {
  const { reply, timers, patches } = rig();
  const parts = [...(await reply("set a timer for two minutes")), ...(await reply("speak faster"))];
  expect(timers.list()).toEqual([]);
  expect(patches).toEqual([]);
  for (const part of parts) if (part.kind === "effect") part.run();
  expect(timers.list()).toEqual([{ id: 1, label: "2 minute timer", dueAtMs: NOW_MS + 120_000 }]);
  expect(patches).toEqual([{ speakingRateRatio: 1.25 }]);
});

test.each([
  ["set a timer for two minutes", true],
  ["what time is it", true],
  ["set a timer", false],
  ["set a timer for two minutes and tell me who wrote hamlet", false],
  ["who wrote hamlet", undefined],
])("%j is understood: %j", async (text, isUnderstood) => {
  const { reply } = rig();
  const first = (await reply(text)).find(({ kind }) => kind === "text");
  expect(first).toMatchObject({ kind: "text" });
  expect(first && "isUnderstood" in first ? first.isUnderstood : undefined).toBe(isUnderstood);
});

test("a timer without a length is asked about, and the next utterance completes it", async () => {
  const { talk, timers } = rig();
  expect(await talk("set a timer")).toBe("For how long?");
  expect(await talk("two minutes")).toBe("Your timer is set for 2 minutes.");
  expect(timers.list().map(({ dueAtMs }) => dueAtMs - NOW_MS)).toEqual([120_000]);
});

test("so is one that was misheard, and an answer with words around it", async () => {
  const { talk } = rig();
  expect(await talk("Santa timer.")).toBe("For how long?");
  expect(await talk("Um, make it about an hour and a half, please.")).toBe(
    "Your timer is set for 1 hour and 30 minutes.",
  );
});

test("an answer may be given before the question has been heard to its end", async () => {
  const { talk } = rig();
  await talk("set a pasta timer", "How long".length);
  expect(await talk("eight minutes")).toBe("Your pasta timer is set for 8 minutes.");
});

test("a bare number leads to the next question", async () => {
  const { talk, timers } = rig();
  await talk("set a timer");
  expect(await talk("five")).toBe("5 minutes, or hours?");
  expect(await talk("minutes")).toBe("Your timer is set for 5 minutes.");
  expect(timers.list()).toHaveLength(1);
});

test("an alarm without a time is asked about", async () => {
  const { talk } = rig();
  expect(await talk("set an alarm")).toBe("For what time?");
  expect(await talk("half past six tomorrow morning")).toBe("Your alarm is set for 6:30 AM tomorrow.");
  expect(await talk("Wake me up.")).toBe("For what time?");
  expect(await talk("at seven")).toBe("Your alarm is set for 7 AM tomorrow.");
});

test("which of several timers to cancel is asked, and answered by name or by length", async () => {
  const { talk, timers } = rig();
  await talk("set a pasta timer for eight minutes");
  await talk("set a timer for two minutes");
  await talk("set a timer for twenty minutes");
  expect(await talk("cancel my timer")).toBe("Which one, the 2 minute timer, the pasta timer or the 20 minute timer?");
  expect(await talk("the pasta one")).toBe("Your pasta timer is cancelled.");
  await talk("cancel the timer");
  expect(await talk("the twenty minute timer")).toBe("Your 20 minute timer is cancelled.");
  expect(timers.list().map(({ label }) => label)).toEqual(["2 minute timer"]);
});

test("which of several timers to extend is asked", async () => {
  const { talk, timers } = rig();
  await talk("set a pasta timer for eight minutes");
  await talk("set a timer for two minutes");
  expect(await talk("add five minutes to my timer")).toBe("Which one, the 2 minute timer or the pasta timer?");
  expect(await talk("the pasta timer")).toBe("Your pasta timer has 13 minutes left.");
  expect(timers.list().map(({ dueAtMs }) => (dueAtMs - NOW_MS) / 60_000)).toEqual([2, 13]);
});

test("a reminder without a time is asked about", async () => {
  const { talk, timers } = rig();
  expect(await talk("Remind me to call Anna.")).toBe("When shall I remind you?");
  expect(await talk("at six")).toBe("I will remind you at 6 PM.");
  expect(await talk("Remind me to feed my cat.")).toBe("When shall I remind you?");
  expect(await talk("in ten minutes")).toBe("I will remind you at 3:35 PM.");
  expect(timers.list().map(({ label }) => label)).toEqual(["reminder to feed your cat", "reminder to call anna"]);
});

test("what is written in another script, or in pictures, is answered", async () => {
  const { talk } = rig();
  for (const text of [
    "Который час?",
    "كم الساعة؟",
    "今何時ですか",
    "🙂",
    "🙂 🎉".repeat(200),
    "Не set a timer for two minutes",
  ])
    expect(await talk(text)).toMatch(/no language model is set up/);
  for (const text of ["", "...", "Um, please.", "…!"]) expect(await talk(text)).toBe("");
});

test("accents and pictures do not change what is asked", async () => {
  const { talk } = rig();
  expect(await talk("What time is it in São Paulo? 🙂")).toMatch(/in Sao Paulo/);
});

test("a question is over once something else was said", async () => {
  const { talk, timers } = rig();
  await talk("set a timer");
  expect(await talk("what time is it")).toBe("It is 3:25 PM.");
  expect(await talk("two minutes")).toMatch(/no language model is set up/);
  expect(timers.list()).toEqual([]);
});

test("never mind ends a question", async () => {
  const { talk, timers } = rig();
  await talk("set a timer");
  expect(await talk("never mind")).toBe("");
  expect(await talk("two minutes")).toMatch(/no language model is set up/);
  expect(timers.list()).toEqual([]);
});

test("two requests in one are both done, and what can not be is said", async () => {
  const { talk, timers } = rig();
  expect(await talk("Set a timer for ten minutes and what time is it?")).toBe(
    "Your timer is set for 10 minutes. It is 3:25 PM.",
  );
  expect(await talk("Set a timer for five minutes and tell me a joke.")).toBe(
    "Your timer is set for 5 minutes. I can not help with the rest, because no language model is set up.",
  );
  expect(timers.list()).toHaveLength(2);
});

test("a request that no skill understands is answered honestly while no language model is set up", async () => {
  const { talk } = rig();
  const said = await talk("Why is the sky blue?");
  expect(said).toBe(
    "I can not answer that yet, because no language model is set up. Open the settings and enter the address of a server such as Ollama.",
  );
});

test("an aborted request says nothing and does nothing", async () => {
  const { responder } = rig();
  const request = { key: { turnId: 1, revision: 0 }, text: "set a timer for one minute", history: [] };
  expect(await collect(responder.respond(request, AbortSignal.abort()))).toEqual([]);
});

test("answers after warming up as before", async () => {
  const { responder, talk, timers } = rig();
  await responder.warmUp();
  expect(timers.list()).toEqual([]);
  expect(await talk("what is five plus six")).toBe("That is 11.");
});

test("what no skill understands goes to the language model, with the conversation", async () => {
  const { talk } = rig(server.address);
  await talk("what time is it");
  expect(await talk("Why is the sky blue?")).toBe("Hello there.");
  const { body } = server.seen.find(({ path }) => path.endsWith("/chat/completions")) ?? {};
  expect(JSON.stringify(body)).toContain("It is 3:25 PM.");
  expect(JSON.stringify(body)).toContain("Why is the sky blue?");
});

test("skills answer without the language model", async () => {
  const { talk } = rig(server.address);
  expect(await talk("what time is it")).toBe("It is 3:25 PM.");
  expect(server.seen).toEqual([]);
});

test("the rest of a request goes to the language model", async () => {
  const { talk, timers } = rig(server.address);
  expect(await talk("Set a timer for five minutes and tell me a joke.")).toBe(
    "Your timer is set for 5 minutes. Hello there.",
  );
  expect(timers.list()).toHaveLength(1);
});

test("a dead server becomes a spoken and a visible failure, and skills go on working", async () => {
  const { reply, talk } = rig(server.address);
  await server.stop();
  const parts = await reply("Why is the sky blue?");
  const said = sayings(parts);
  expect(said).toMatch(/language model/);
  expect(parts.at(-1)).toMatchObject({ kind: "failure", failure: { code: "respond-unreachable" } });
  expect(await talk("what time is it")).toBe("It is 3:25 PM.");
});
