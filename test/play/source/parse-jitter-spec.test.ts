import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { STEADY } from "../../../src-main/play/source/jitter-spec.ts";
import { parseJitterSpec } from "../../../src-main/play/source/parse-jitter-spec.ts";

test.each([
  ["burst", { burstChunks: 20 }],
  ["burst:5", { burstChunks: 5 }],
  ["stall:400@1.5", { stalls: [{ durationMs: 400, afterAudioMs: 1500 }] }],
  ["rtf:1.2", { paceRatio: 1.2 }],
  ["rtf:0", { paceRatio: 0 }],
  ["wifi", { wifiMostMs: 150 }],
  ["wifi:80", { wifiMostMs: 80 }],
  ["slow-start:900", { slowStartMs: 900 }],
  ["loss", { lossProbability: 0.01 }],
  ["loss:2.5", { lossProbability: 0.025 }],
  ["loss:10%", { lossProbability: 0.1 }],
  ["error@2", { errorAfterAudioMs: 2000 }],
  ["error@0", { errorAfterAudioMs: 0 }],
  [
    "rtf:0.5, stall:100@1,stall:200@2,wifi",
    {
      paceRatio: 0.5,
      wifiMostMs: 150,
      stalls: [
        { durationMs: 100, afterAudioMs: 1000 },
        { durationMs: 200, afterAudioMs: 2000 },
      ],
    },
  ],
])("%s", (text, parts) => expect(parseJitterSpec(text)).toEqual({ ...STEADY, ...parts }));

test("reads traces of JSON lines and of CSV", () => {
  const files: Record<string, string> = {
    "a.jsonl": '# recorded\n{"arrivalMs":1.5,"bytes":10,"more":true}\n\n{"arrivalMs":2,"bytes":20}\n',
    "./b": "arrivalMs, bytes\r\n1.5, 10\r\n2,20\r\n",
  };
  const trace = [
    { arrivalMs: 1.5, bytes: 10 },
    { arrivalMs: 2, bytes: 20 },
  ];
  const read = (path: string): string => files[path] ?? "";
  expect(parseJitterSpec("a.jsonl", read)).toEqual({ ...STEADY, trace });
  expect(parseJitterSpec("./b,error@1", read)).toEqual({ ...STEADY, trace, errorAfterAudioMs: 1000 });
});

test("reads a trace from its file", () => {
  const folder = mkdtempSync(join(tmpdir(), "jitter-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "trace.csv");
  writeFileSync(path, "5,100\n");
  expect(parseJitterSpec(path).trace).toEqual([{ arrivalMs: 5, bytes: 100 }]);
  const missing = join(folder, "missing.csv");
  expect(() => parseJitterSpec(missing)).toThrow(`there is no trace file ${missing}`);
  expect(() => parseJitterSpec(`${folder}/`)).toThrow(`the trace ${folder}/ cannot be read (EISDIR)`);
});

const FORMS =
  "use burst, burst:N, stall:MS@S, rtf:R, wifi, wifi:MS, slow-start:MS, loss, loss:PERCENT, error@S or the path of a trace file";

test.each([
  ["", `"" is not a kind of jitter: ${FORMS}`],
  ["wifi,", `"" is not a kind of jitter: ${FORMS}`],
  ["brust", `"brust" is not a kind of jitter: ${FORMS}`],
  ["stall:400", `"stall:400" is not a kind of jitter: ${FORMS}`],
  ["rtf:fast", `"rtf:fast" is not a kind of jitter: ${FORMS}`],
  ["rtf:-1", `"rtf:-1" is not a kind of jitter: ${FORMS}`],
  ["burst:2.5", `"burst:2.5" is not a kind of jitter: ${FORMS}`],
  ["burst:0", "burst:0 is out of range: use 1 to 10000 chunks"],
  ["loss:101", "loss:101 is out of range: use 0 to 100 percent"],
  ["rtf:1000", "rtf:1000 is out of range: use 0 to 100"],
  ["wifi,wifi:20", '"wifi,wifi:20" says wifi twice'],
  ["bad.csv", "line 2 of the trace bad.csv is not an arrival time in ms and a number of bytes"],
  ["bad.jsonl", "line 1 of the trace bad.jsonl is not an arrival time in ms and a number of bytes"],
  ["back.csv", "line 2 of the trace back.csv arrives before the line above it"],
  ["none.csv", "the trace none.csv holds no arrivals"],
  ["good.csv,rtf:1", "a trace file sets the pace itself: leave out rtf"],
  ["good.csv,good.csv", '"good.csv,good.csv" says trace twice'],
])("%s is an error of one sentence", (text, sentence) => {
  const files: Record<string, string> = {
    "bad.csv": "1,2\n3,\n",
    "bad.jsonl": '{"arrivalMs":"1","bytes":2}\n',
    "back.csv": "5,1\n4,1\n",
    "none.csv": "arrivalMs,bytes\n",
    "good.csv": "5,1\n",
  };
  const error = errorOf(() => parseJitterSpec(text, (path) => files[path] ?? ""));
  expect(error).toBe(sentence);
});

function errorOf(attempt: () => unknown): string {
  try {
    attempt();
    return "no error";
  } catch (error) {
    return (error as Error).message;
  }
}
