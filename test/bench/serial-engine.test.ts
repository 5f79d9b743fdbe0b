import { describe, expect, test } from "vitest";
import { SerialEngine } from "../../bench/turns/virtual/serial-engine.ts";
import { VirtualClock } from "../../bench/turns/virtual/virtual-clock.ts";

describe("an engine in virtual time", () => {
  test("answers one request after the other, each as late as it really took", async () => {
    const { clock, engine, log } = engineOf(100);
    void engine.request("a").then((answer) => log.push(`${answer} ${clock.nowMs()}`));
    void engine.request("b").then((answer) => log.push(`${answer} ${clock.nowMs()}`));
    await clock.advanceTo(99);
    expect(log).toEqual(["ask a 0"]);
    await clock.advanceTo(300);
    expect(log).toEqual(["ask a 0", "a 100", "ask b 100", "b 200"]);
  });

  test("is not asked what was aborted before its turn came, and is soon free of what was aborted under way", async () => {
    const { clock, engine, log } = engineOf(100);
    const abort = new AbortController();
    const running = engine.request("a", abort.signal).catch(() => log.push(`a aborted ${clock.nowMs()}`));
    const waiting = engine.request("b", abort.signal).catch(() => log.push(`b aborted ${clock.nowMs()}`));
    void engine.request("c").then(() => log.push(`c ${clock.nowMs()}`));
    await clock.advanceTo(30);
    abort.abort();
    await Promise.all([running, waiting]);
    await clock.advanceTo(300);
    expect(log).toEqual(["ask a 0", "a aborted 30", "b aborted 30", "ask c 40", "c 140"]);
  });
});

test("virtual time stands still while real work is under way", async () => {
  const clock = new VirtualClock();
  let doneAtMs = 0;
  void clock.measure(() => new Promise((resolve) => setTimeout(resolve, 30))).then(() => (doneAtMs = clock.nowMs()));
  await clock.advanceTo(5);
  expect(doneAtMs).toBe(0);
  expect(clock.nowMs()).toBe(5);
});

test("what is due in virtual time happens in order, and at its time", async () => {
  const clock = new VirtualClock();
  const log: string[] = [];
  clock.schedule(20, () => log.push(`late ${clock.nowMs()}`));
  clock.schedule(10, () => {
    log.push(`early ${clock.nowMs()}`);
    clock.schedule(15, () => log.push(`between ${clock.nowMs()}`));
  });
  clock.schedule(12, () => log.push("never"))();
  await clock.advanceTo(50);
  expect(log).toEqual(["early 10", "between 15", "late 20"]);
});

function engineOf(elapsedMs: number) {
  const clock = new VirtualClock();
  const log: string[] = [];
  const engine = new SerialEngine(clock, async (request: string) => {
    log.push(`ask ${request} ${clock.nowMs()}`);
    return { value: request, elapsedMs };
  });
  return { clock, engine, log };
}
