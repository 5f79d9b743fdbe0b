import { afterEach, expect, test } from "vitest";
import { EngineWorker } from "../../src-main/models/engine-worker.ts";
import type { FakeRequest } from "./fake-engine-worker.ts";

const open: EngineWorker<FakeRequest, number>[] = [];

function startEngine(failLoading = false): EngineWorker<FakeRequest, number> {
  const worker = new EngineWorker<FakeRequest, number>({
    name: "fake",
    url: new URL("./fake-engine-worker.ts", import.meta.url),
    data: { failLoading },
    stage: "transcribe",
    crashCode: "transcribe-failed",
  });
  open.push(worker);
  return worker;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((worker) => worker.close()));
});

test("answers in order and says how loading went", async () => {
  const worker = startEngine();
  const order: number[] = [];
  const answers = await Promise.all(
    [30, 0, 10].map(async (ms, value) => {
      const answer = await worker.request({ kind: "wait", value, ms });
      order.push(value);
      return answer;
    }),
  );
  expect(answers).toEqual([0, 1, 2].map((value) => ({ ok: true, value })));
  expect(order).toEqual([0, 1, 2]);
  const loaded = await worker.ready;
  expect(loaded.ok && loaded.value.loadMs).toBeGreaterThan(0);
});

test("drops a request that waits when it is aborted, and interrupts one that runs", async () => {
  const worker = startEngine();
  const running = new AbortController();
  const waiting = new AbortController();
  const first = worker.request({ kind: "wait-for-abort" }, running.signal);
  const second = worker.request({ kind: "throw", message: "must not run" }, waiting.signal);
  const third = worker.request({ kind: "echo", value: 3 });
  await worker.ready;
  waiting.abort(new Error("not wanted"));
  await expect(second).rejects.toThrow("not wanted");
  running.abort(new Error("enough"));
  await expect(first).rejects.toThrow("enough");
  expect(await third).toEqual({ ok: true, value: 1003 });
  await expect(worker.request({ kind: "echo", value: 1 }, waiting.signal)).rejects.toThrow("not wanted");
});

test("a crash fails the running request alone, without its message, and the worker starts again", async () => {
  const worker = startEngine();
  const crash = worker.request({ kind: "throw", message: "the user's secret words" });
  const next = worker.request({ kind: "echo", value: 5 });
  const crashed = await crash;
  expect(crashed).toMatchObject({ ok: false, failure: { code: "transcribe-failed", retryable: true } });
  expect(JSON.stringify(crashed)).toContain("TypeError");
  expect(JSON.stringify(crashed)).not.toContain("secret");
  expect(await next).toEqual({ ok: true, value: 5 });
});

test("gives up after five restarts and then answers every request with the failure", async () => {
  const worker = startEngine();
  for (let crash = 0; crash < 6; crash++) {
    expect((await worker.request({ kind: "exit" })).ok).toBe(false);
  }
  const answer = await worker.request({ kind: "echo", value: 1 });
  expect(answer).toMatchObject({ ok: false, failure: { code: "transcribe-failed", retryable: false } });
});

test("answers with the failure when loading fails, requests from before included", async () => {
  const worker = startEngine(true);
  const early = worker.request({ kind: "echo", value: 1 });
  const missing = { ok: false, failure: { code: "model-missing", detail: "fake.bin is missing" } };
  expect(await worker.ready).toMatchObject(missing);
  expect(await early).toMatchObject(missing);
  expect(await worker.request({ kind: "echo", value: 2 })).toMatchObject(missing);
});

test("closing lets the running request finish and fails what waits", async () => {
  const worker = startEngine();
  await worker.ready;
  const running = worker.request({ kind: "wait", value: 7, ms: 50 });
  const waiting = worker.request({ kind: "echo", value: 8 });
  await worker.close();
  expect(await running).toEqual({ ok: true, value: 7 });
  expect(await waiting).toMatchObject({ ok: false, failure: { code: "transcribe-failed" } });
  expect(await worker.request({ kind: "echo", value: 9 })).toMatchObject({ ok: false });
});
