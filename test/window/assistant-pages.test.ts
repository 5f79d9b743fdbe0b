import { expect, test } from "vitest";
import type { AudioSession } from "../../src-main/window/assistant-endpoint.ts";
import { startAssistant } from "../fakes/talking-assistant.ts";

const LIVE = { status: "live", label: "Headset" };
const DENIED = { status: "denied", label: "" };

function page(): AudioSession {
  return { onMicrophoneFrame: () => undefined, onSpeakerReport: () => undefined, sendSpeakerCommand: () => undefined };
}

test("when the newest page goes, the one before it is heard and spoken to again", async () => {
  const talk = await startAssistant({});
  const [first, second] = [page(), page()];
  talk.assistant.attachAudio(first);
  talk.assistant.attachAudio(second);
  talk.assistant.detachAudio(second);
  expect(talk.speakers).toEqual([first, second, undefined, first]);
  talk.assistant.detachAudio(first);
  talk.assistant.detachAudio(second);
  expect(talk.speakers.slice(4)).toEqual([undefined]);
  expect(talk.labStops).toBe(2);
});

test("a page that renews its sound keeps its place", async () => {
  const talk = await startAssistant({});
  const [first, second] = [page(), page()];
  talk.assistant.attachAudio(first);
  talk.assistant.attachAudio(second);
  talk.assistant.attachAudio(first);
  expect(talk.speakers).toEqual([first, second]);
  talk.assistant.attachAudio(second);
  expect(talk.speakers.slice(2)).toEqual([second]);
  expect(talk.labStops).toBe(0);
});

test("what a page says of its microphone and its output counts while that page is heard", async () => {
  const talk = await startAssistant({ echoReturnLossDb: { Speakers: 3 } });
  const [first, second] = [page(), page()];
  await talk.request("report-microphone", DENIED, first);
  expect(talk.snapshot).toMatchObject({ state: "failed", failure: { code: "mic-denied" } });
  talk.assistant.attachAudio(first);
  expect(talk.snapshot.state).toBe("failed");
  await talk.request("report-output", { label: "Speakers" }, first);
  expect(talk.snapshot.duplex).toBe("half");
  await talk.request("report-microphone", LIVE, second);
  expect(talk.snapshot.state).toBe("failed");
  talk.assistant.attachAudio(second);
  expect(talk.snapshot).toMatchObject({ state: "listening", duplex: "full" });
  await talk.request("report-microphone", { status: "lost", label: "USB" }, first);
  expect(talk.snapshot.state).toBe("listening");
  talk.assistant.detachAudio(second);
  expect(talk.snapshot).toMatchObject({ state: "failed", failure: { code: "mic-lost" }, duplex: "half" });
  talk.assistant.detachAudio(first);
  expect(talk.snapshot.state).toBe("listening");
});

test("the talk key is let go with the page on which it is held, and with no other", async () => {
  const talk = await startAssistant({ mode: "push-to-talk" });
  const [first, second] = [page(), page()];
  talk.assistant.attachAudio(first);
  talk.assistant.attachAudio(second);
  await talk.request("talk-key", { pressed: true }, first);
  talk.assistant.detachAudio(second);
  expect(talk.snapshot.state).toBe("hearing");
  talk.assistant.detachAudio(first);
  expect(talk.snapshot.state).toBe("deciding");
});

test("an echo test pauses the conversation until it is over or its page is gone", async () => {
  const talk = await startAssistant({});
  const [first, second] = [page(), page()];
  for (const tested of [first, second]) {
    talk.assistant.attachAudio(tested);
    await talk.request("test-echo", { running: true }, tested);
  }
  await talk.request("test-echo", { running: false }, first);
  expect(talk.snapshot.state).toBe("paused");
  talk.assistant.detachAudio(second);
  expect(talk.snapshot.state).toBe("listening");
});

test("what the user wants before or during an echo test holds after it", async () => {
  const talk = await startAssistant({});
  await talk.request("set-paused", { paused: true });
  await talk.request("test-echo", { running: true });
  await talk.request("test-echo", { running: false });
  expect(talk.snapshot.paused).toBe(true);
  await talk.request("set-paused", { paused: false });
  await talk.request("test-echo", { running: true });
  await talk.request("set-paused", { paused: true });
  await talk.request("test-echo", { running: false });
  expect(talk.snapshot.paused).toBe(true);
});

test("while muted or without a microphone, the talk key does not pretend that anything is heard", async () => {
  const talk = await startAssistant({});
  await talk.request("set-muted", { muted: true });
  await talk.request("talk-key", { pressed: true });
  expect(talk.snapshot.state).toBe("muted");
  await talk.request("set-muted", { muted: false });
  await talk.request("talk-key", { pressed: false });
  await talk.request("report-microphone", DENIED);
  await talk.request("talk-key", { pressed: true });
  expect(talk.snapshot.state).toBe("failed");
  await talk.request("report-microphone", LIVE);
  expect(talk.snapshot.state).toBe("hearing");
});

test("paused in the middle of a reply, it says so", async () => {
  const talk = await startAssistant({});
  await talk.request("type-text", { text: "What time is it?" });
  await expect.poll(() => talk.snapshot.state).toBe("responding");
  await talk.request("set-paused", { paused: true });
  expect(talk.snapshot.state).toBe("paused");
  await talk.request("set-paused", { paused: false });
  expect(talk.snapshot.state).toBe("responding");
});
