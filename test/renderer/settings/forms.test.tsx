import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ConversationForm } from "../../../src-renderer/settings/conversation-form.tsx";
import { EnginesForm } from "../../../src-renderer/settings/engines-form.tsx";
import { LanguageModelForm } from "../../../src-renderer/settings/language-model-form.tsx";
import { settingsSchema, type Settings } from "../../../src-shared/settings.ts";

const DEFAULTS = settingsSchema.parse({});
const { conversation, recognition, speech, languageModel } = DEFAULTS;
const onSave = () => Promise.resolve(true);

const holds = (change: Partial<Settings["conversation"]>) => (
  <ConversationForm saved={{ ...conversation, ...change }} onSave={onSave} />
);
const understands = (change: Partial<Settings["recognition"]>) => (
  <EnginesForm saved={{ ...DEFAULTS, recognition: { ...recognition, ...change } }} onSave={onSave} />
);
const speaks = (change: Partial<Settings["speech"]>) => (
  <EnginesForm saved={{ ...DEFAULTS, speech: { ...speech, ...change } }} onSave={onSave} />
);
const answers = (baseUrl: string) => <LanguageModelForm saved={{ ...languageModel, baseUrl }} onSave={onSave} />;

test.each<[string, ReactElement]>([
  ["a program to start", holds({ engine: "command" })],
  ["the address of a server", holds({ engine: "chat" })],
  ["the address of a server", understands({ engine: "moshi" })],
  ["the address of a server", speaks({ engine: "openai" })],
])("what is still missing is a hint: %s", (text, form) => {
  const { field, markup } = look(form);
  expect(field).toMatchObject({ "aria-invalid": "false" });
  expect(describe(markup, field)).toContain(text);
  expect(markup).not.toContain(`role="alert"`);
  expect(markup).toMatch(/<button [^>]*disabled/);
});

test.each<[string, ReactElement]>([
  ["not a ws, wss", holds({ engine: "chat", url: "gpu:8998" })],
  ["not a ws, wss", understands({ engine: "moshi", urls: ["nowhere"] })],
  ["http or https addresses", speaks({ engine: "openai", urls: ["ws://gpu"] })],
  ["not an http", answers("nowhere")],
])("what is wrong is an alert that belongs to its field: %s", (text, form) => {
  const { field, markup } = look(form);
  expect(field).toMatchObject({ "aria-invalid": "true" });
  expect(describe(markup, field)).toContain(text);
  expect(markup.split(`role="alert"`)).toHaveLength(2);
  expect(markup).toMatch(/<button [^>]*disabled/);
});

test.each<[string, ReactElement]>([
  ["own", holds({})],
  ["program", holds({ engine: "command", command: ["ssh", "gpu"] })],
  ["server", holds({ engine: "chat", url: "ws://gpu:8998" })],
  ["embedded", understands({})],
  ["moshi", understands({ engine: "moshi", urls: ["ws://gpu:8080"] })],
  ["openai", speaks({ engine: "openai", urls: ["http://gpu", "http://b"] })],
  ["none", answers("")],
  ["some", answers("http://127.0.0.1:11434")],
])("without a problem it can be saved, and every note and every label has its field: %s", (_, form) => {
  const { markup } = look(form);
  expect(markup).not.toContain(`role="alert"`);
  expect(markup).not.toMatch(/<button [^>]*disabled/);
  const ids = new Set(valuesOf(markup, "id"));
  expect(ids.size).toBe(valuesOf(markup, "id").length);
  for (const id of [...valuesOf(markup, "for"), ...valuesOf(markup, "aria-describedby")]) expect(ids).toContain(id);
});

test("the model of a moshi server is chosen for recognition alone, and a delay of no known model is kept", () => {
  const moshi = { engine: "moshi" as const, urls: ["ws://gpu:8080"] };
  expect(look(understands(moshi)).markup).toContain(`<option value="6" selected="">1B`);
  expect(look(understands({ ...moshi, delayFrames: 32 })).markup).toContain(`<option value="32" selected="">2.6B`);
  expect(look(understands({ ...moshi, delayFrames: 25 })).markup).toContain(
    `<option value="25" selected="">Another one: 2.0 s late (25 frames)`,
  );
  for (const form of [understands({ ...moshi, engine: "openai" }), speaks(moshi)])
    expect(look(form).markup).not.toContain("1B");
});

/** A form, and the attributes of its first field that is written into. */
function look(form: ReactElement): { readonly markup: string; readonly field: Record<string, string> } {
  const markup = renderToStaticMarkup(form);
  const [input = ""] = /<input [^>]*aria-invalid[^>]*>/.exec(markup) ?? [];
  return { markup, field: Object.fromEntries([...input.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, ...pair]) => pair)) };
}

/** What a screen reader says about a field beside its name. */
function describe(markup: string, field: Record<string, string>): string {
  const ids = field["aria-describedby"]?.split(" ") ?? [];
  return ids.map((id) => markup.split(`id="${id}"`)[1]?.split("</p>")[0]).join(" ");
}

function valuesOf(markup: string, attribute: string): string[] {
  return [...markup.matchAll(new RegExp(` ${attribute}="([^"]*)"`, "g"))].map(([, value = ""]) => value);
}
