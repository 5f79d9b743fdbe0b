import { expect, test } from "vitest";
import { labReport } from "../../../src-renderer/playback-lab/lab-report.ts";
import { askedRun, takeLabEvent } from "../../../src-renderer/playback-lab/lab-run.ts";
import { failure } from "../../../src-shared/failure.ts";
import { labPlay, slowRun } from "./lab-events.ts";

const exportedAt = new Date("2026-01-02T03:04:05Z");
const SECRET_URL = "https://me%40home:pa%24s@example.org:8443/speech/a.mp3?key=s3cret#t0ken";

test("the report has the request, the levels and the metrics, and not the text unless asked for", () => {
  const run = slowRun().reduce(takeLabEvent, askedRun(labPlay({ jitter: "rtf:1.2" })));
  const report = labReport(run, { withText: false, exportedAt });
  expect(report).toMatchObject({
    exportedAt: "2026-01-02T03:04:05.000Z",
    request: {
      source: { kind: "text", characters: 27 },
      startPolicy: { kind: "adaptive" },
      jitter: "rtf:1.2",
      seed: 1,
    },
    summary: "ttfa 0.31s · gen 0.80s · play 3.41s · 1 underrun (0.14s) · stretched 0.13s",
    metrics: { underruns: 1 },
    audibleAtMs: 310,
    starvedAtMs: [2_400],
  });
  expect((report as { levels: unknown[] }).levels).toHaveLength(100);
  expect(JSON.stringify(report)).not.toContain("Nothing may");
  expect(JSON.stringify(labReport(run, { withText: true, exportedAt }))).toContain("Nothing may interrupt this.");
});

test("nothing secret of a URL gets into the report, also not by way of a failure", () => {
  const run = {
    ...askedRun(labPlay({ source: { kind: "url", url: SECRET_URL } })),
    failure: failure("source-refused", "play", `${SECRET_URL} answered 401 to me@home with ?key=s3cret`),
  };
  const report = JSON.stringify(labReport(run, { withText: true, exportedAt }));
  expect(report).toContain('"url":"https://example.org:8443/speech/a.mp3"');
  expect(report).toContain("https://example.org:8443/speech/a.mp3 answered 401");
  for (const secret of ["me%40home", "me@home", "pa%24s", "pa$s", "s3cret", "t0ken"])
    expect(report).not.toContain(secret);
});

test("a name in a URL that is not encoded as it should be is kept out all the same", () => {
  const run = {
    ...askedRun(labPlay({ source: { kind: "url", url: "https://100%25%:secret@example.org/a.mp3" } })),
    failure: failure("source-refused", "play", "answered 401"),
  };
  expect(JSON.stringify(labReport(run, { withText: false, exportedAt }))).not.toMatch(/100%|secret/);
});
