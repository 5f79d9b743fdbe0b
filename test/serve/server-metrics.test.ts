import { expect, test } from "vitest";
import { ServerMetrics } from "../../src-main/serve/server-metrics.ts";

/** The text format of Prometheus, line by line: values by name and labels. Throws for a line that is not in it. */
function parseMetrics(text: string): Map<string, number> {
  const values = new Map<string, number>();
  const typed = new Set<string>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("# HELP ")) continue;
    const type = /^# TYPE ([a-z_0-9]+) (counter|gauge|histogram|summary)$/.exec(line);
    if (type) {
      if (typed.has(type[1]!)) throw new Error(`${type[1]} is there twice`);
      typed.add(type[1]!);
      continue;
    }
    const value = /^([a-z_0-9]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})?) (\S+)$/.exec(line);
    if (!value) throw new Error(`not a metric: ${line}`);
    values.set(value[1]!, value[2] === "Nan" ? Number.NaN : Number(value[2]));
    const family = value[1]!.replace(/\{.*/, "");
    if (!typed.has(family) && !typed.has(family.replace(/_(bucket|sum|count)$/, "")))
      throw new Error(`${family} has no type`);
  }
  return values;
}

test("everything counted is in the text, under the names of moshi-server where they mean the same", async () => {
  const metrics = new ServerMetrics();
  const end = metrics.session({ protocol: "moshi-stt", route: "/api/asr-streaming" });
  const other = metrics.session({ protocol: "moshi-stt", route: "/api/asr-streaming" });
  other("client");
  metrics.refused("/api/asr-streaming", "unauthorized");
  metrics.answered("/v1/models", 200);
  const hearing = metrics.open("recognition", "moshi-stt");
  const spoken = metrics.open("synthesis", "openai");
  for (let step = 0; step < 30; step++) hearing.step(15);
  hearing.word(400);
  hearing.word(-1);
  spoken.firstAudio(120);
  spoken.close();
  spoken.close();
  const values = parseMetrics(await metrics.text());
  expect(metrics.contentType).toContain("text/plain");
  const labels = '{protocol="moshi-stt",route="/api/asr-streaming"}';
  const expected: Record<string, number> = {
    [`repartee_serve_sessions_open${labels}`]: 1,
    [`repartee_serve_sessions_total${labels}`]: 2,
    'repartee_serve_session_ends_total{protocol="moshi-stt",cause="client"}': 1,
    'repartee_serve_refused_total{route="/api/asr-streaming",reason="unauthorized"}': 1,
    'repartee_serve_http_answers_total{route="/v1/models",status="200"}': 1,
    asr_connect: 1,
    asr_open_channels: 1,
    asr_total_steps: 30,
    'asr_model_step_duration_bucket{le="0.01"}': 0,
    'asr_model_step_duration_bucket{le="0.02"}': 30,
    asr_connection_num_steps_count: 0,
    py_connect: 1,
    py_open_channels: 0,
    py_model_connection_num_steps_count: 1,
    'repartee_serve_word_delay_seconds_count{protocol="moshi-stt"}': 2,
    'repartee_serve_word_delay_seconds_bucket{le="0.3",protocol="moshi-stt"}': 1,
    'repartee_serve_word_delay_seconds_bucket{le="0.5",protocol="moshi-stt"}': 2,
    'repartee_serve_first_audio_seconds_bucket{le="0.2",protocol="openai"}': 1,
  };
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, values.get(name)]))).toEqual(expected);
  expect(values.get("process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
  hearing.close();
  end("server");
  const after = parseMetrics(await metrics.text());
  expect(after.get("asr_open_channels")).toBe(0);
  expect(after.get('asr_connection_num_steps_bucket{le="100"}')).toBe(1);
  expect(after.get(`repartee_serve_sessions_open${labels}`)).toBe(0);
});

test("two servers of one process do not count each other's sessions", async () => {
  const [one, two] = [new ServerMetrics(), new ServerMetrics()];
  one.open("recognition", "moshi-stt");
  expect(parseMetrics(await two.text()).get("asr_connect")).toBe(0);
});
