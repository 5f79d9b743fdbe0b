import { expect, test } from "vitest";
import { INITIAL_WINDOW, takeEvent } from "../../src-renderer/window-state.ts";
import { shareUnchanged } from "../../src-renderer/share-unchanged.ts";
import type { AssistantEvent } from "../../src-shared/assistant-contract.ts";
import type { AssistantSnapshot } from "../../src-shared/turn-view.ts";
import { QUIET, turnView } from "./snapshots.ts";

function snapshot(revision: number, change: Partial<AssistantSnapshot> = {}): AssistantEvent & { kind: "snapshot" } {
  return { kind: "snapshot", snapshot: { ...QUIET, revision, ...change } };
}

test("a snapshot older than the one shown changes nothing; one as old or newer is shown", () => {
  const shown = takeEvent(INITIAL_WINDOW, snapshot(5, { state: "speaking" }));
  expect(takeEvent(shown, snapshot(4))).toBe(shown);
  expect(takeEvent(shown, snapshot(5)).snapshot.state).toBe("listening");
  expect(takeEvent(shown, snapshot(6)).snapshot.revision).toBe(6);
});

test("an assistant that comes back counts its snapshots anew, and what was said stays until then", () => {
  const talked = takeEvent(INITIAL_WINDOW, snapshot(90, { turns: [turnView()] }));
  const away = takeEvent(talked, { kind: "connection", open: false });
  expect(away).toMatchObject({ connected: false, snapshot: { turns: [{ turnId: 1 }] } });
  const back = takeEvent(takeEvent(away, { kind: "connection", open: true }), snapshot(0));
  expect(back).toMatchObject({ connected: true, snapshot: { revision: 0, turns: [] } });
});

test("turns that say the same stay the same object, whatever happens to the others", () => {
  const older = snapshot(1, { turns: [turnView(), turnView({ turnId: 2 })] }).snapshot;
  const changed = structuredClone(older.turns.map((turn) => (turn.turnId === 2 ? { ...turn, heard: "It" } : turn)));
  const newer = shareUnchanged(older, { ...older, revision: 2, turns: changed });
  expect(newer.turns[0]).toBe(older.turns[0]);
  expect(newer.turns[1]).toMatchObject({ turnId: 2, heard: "It" });
  expect(newer.timers).toBe(older.timers);
});

test("a snapshot that says the same keeps the whole list, and a mark that appears or goes is a change", () => {
  const older = snapshot(1, { turns: [turnView()] }).snapshot;
  expect(shareUnchanged(older, structuredClone({ ...older, revision: 2 })).turns).toBe(older.turns);
  for (const turns of [[turnView({ marks: { speechStartedAtMs: 0, speechEndedAtMs: 1_000 } })], []]) {
    expect(shareUnchanged(older, { ...older, turns }).turns).toEqual(turns);
    expect(shareUnchanged({ ...older, turns }, older).turns).toEqual(older.turns);
  }
});

test("the talk key that is pressed while the assistant is away is held once it is back; losing it lets the key go", () => {
  const away = { ...INITIAL_WINDOW, talkKeyHeld: true };
  expect(takeEvent(away, { kind: "connection", open: true }).talkKeyHeld).toBe(true);
  expect(takeEvent(away, { kind: "connection", open: false }).talkKeyHeld).toBe(false);
});
