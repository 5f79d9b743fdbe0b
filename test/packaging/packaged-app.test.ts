import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hash } from "node:crypto";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Arch, build, Platform, type Configuration } from "electron-builder";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { modelManifest } from "../../src-main/models/model-manifest.ts";
import { forkStandIn } from "../electron/desktop-app.ts";
import { decodeWire, encodeWire, type WireMessage } from "../electron/stand-in/wire.ts";

const reason = process.platform === "linux" ? undefined : "packs for Linux only";
const ELECTRON_VERSION = (
  JSON.parse(readFileSync(resolve("node_modules/electron/package.json"), "utf8")) as { version: string }
).version;
/** What marks the fuses in a binary; the version of the wire, its length, and one digit a fuse follow. */
const FUSES = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
const FUSE_WIRE = `${FUSES}\u0001\u0009101111111`;
const ASAR = resolve("node_modules/.bin/asar");

/**
 * Everything that electron-builder does up to the installers, with an empty Electron in place of the true one; then what it packed is run
 * in the stand-in.
 */
describe.skipIf(reason)(`the packaged app${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let folder: string;
  let packed: string;
  let resources: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "repartee-packaging-"));
    const electronDist = join(folder, "electron");
    mkdirSync(join(electronDist, "resources"), { recursive: true });
    mkdirSync(join(electronDist, "locales"));
    writeFileSync(join(electronDist, "version"), ELECTRON_VERSION);
    writeFileSync(join(electronDist, "LICENSE"), "");
    writeFileSync(join(electronDist, "electron"), FUSE_WIRE, { mode: 0o755 });
    await build({
      targets: Platform.LINUX.createTarget("dir", Arch.x64),
      config: { electronDist, directories: { output: join(folder, "dist") } },
      publish: "never",
    });
    packed = join(folder, "dist/linux-unpacked");
    resources = join(packed, "resources");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("the models lie beside the app as the manifest says, byte for byte", () => {
    for (const { file, sha256 } of modelManifest)
      expect(hash("sha256", readFileSync(join(resources, "models", file)), "hex"), file).toBe(sha256);
  });

  test("the archive holds the bundles and only the packages that run", () => {
    const paths = execFileSync(ASAR, ["list", join(resources, "app.asar")], { encoding: "utf8" }).split("\n");
    for (const path of ["/out/main/index.js", "/out/preload/index.cjs", "/out/renderer/index.html", "/package.json"])
      expect(paths).toContain(path);
    const packages = paths.flatMap((path) => /^\/node_modules\/((?:@[^/]+\/)?[^/@]+)$/.exec(path)?.[1] ?? []);
    expect(packages.toSorted()).toEqual([
      "@alexanderolsen/libsamplerate-js",
      "onnxruntime-common",
      "onnxruntime-node",
      "soundswallower",
    ]);
    expect(paths.filter((path) => /\/(src-\w+|test|bench|scripts)\//.test(path))).toEqual([]);
  });

  test("native code and workers lie outside the archive, for this system alone", () => {
    const outside = join(resources, "app.asar.unpacked");
    const runtime = join(outside, "node_modules/onnxruntime-node/bin/napi-v6");
    expect(readdirSync(runtime)).toEqual(["linux"]);
    expect(readdirSync(join(runtime, "linux"))).toEqual(["x64"]);
    expect(readdirSync(join(runtime, "linux/x64"))).toContain("onnxruntime_binding.node");
    for (const worker of ["detect-worker", "moonshine-worker", "flite-worker", "player-worker"])
      expect(existsSync(join(outside, `out/main/${worker}.js`)), worker).toBe(true);
    expect(existsSync(join(outside, "package.json"))).toBe(true);
  });

  test("the binary cannot be used to run other code", () => {
    const binary = readFileSync(join(packed, "repartee"), "latin1");
    const fuses = binary.slice(binary.indexOf(FUSES) + FUSES.length + 2);
    const [runAsNode, , nodeOptions, nodeInspect, , onlyAsar, , fileProtocolPrivileges] = fuses;
    expect({ runAsNode, nodeOptions, nodeInspect, onlyAsar, fileProtocolPrivileges }).toEqual({
      runAsNode: "0",
      nodeOptions: "0",
      nodeInspect: "0",
      onlyAsar: "1",
      fileProtocolPrivileges: "0",
    });
  });

  test("notices of others' work come with it", () => {
    expect(readFileSync(join(resources, "LICENSE"), "utf8")).toContain("MIT");
    expect(existsSync(join(resources, "THIRD-PARTY-NOTICES.md"))).toBe(true);
  });

  test("macOS asks for the microphone with a reason, and the signed app may use it", async () => {
    const path = resolve("electron-builder.js");
    const { default: config } = (await import(path)) as { default: Configuration };
    expect(config.mac?.extendInfo).toMatchObject({
      NSMicrophoneUsageDescription: expect.stringContaining("talk to it"),
    });
    const entitlements = readFileSync(config.mac?.entitlements ?? "", "utf8");
    expect(entitlements).toContain("com.apple.security.device.audio-input");
  });

  test("what was packed loads every engine and answers, with nothing of the checkout", async () => {
    const archive = join(resources, "app.asar");
    execFileSync(ASAR, ["extract", archive, join(resources, "extracted")]);
    rmSync(archive);
    renameSync(join(resources, "extracted"), archive);
    const env = { ...process.env, REPARTEE_HOME: join(folder, "home"), STAND_IN_RESOURCES: resources };
    const child = forkStandIn(env, join(archive, "out/main/index.js"));
    try {
      const [{ url }] = (await once(child, "message")) as [{ url: string }];
      const page = new WebSocket(url.replace("http", "ws"));
      const tell = (message: WireMessage): void => page.send(encodeWire(message));
      const replies: string[] = [];
      page.on("message", (data: Buffer) => {
        const message = decodeWire(data.toString());
        if (message.kind !== "send") return;
        const [{ snapshot }] = message.args as [{ snapshot?: { state: string; turns: { reply: string }[] } }];
        replies.push(`${snapshot?.state}: ${snapshot?.turns.at(-1)?.reply ?? ""}`);
      });
      await Promise.all([fetch(url), once(page, "open")]);
      tell({ kind: "send", channel: "assistant:subscribe", args: [] });
      await expect.poll(() => replies, { timeout: 10_000 }).toContain("listening: ");
      const input = { text: "What is two plus two?" };
      tell({ kind: "invoke", id: 1, channel: "assistant:request", args: ["type-text", input] });
      await expect.poll(() => replies.at(-1), { timeout: 10_000 }).toMatch(/\b(4|four)\b/i);
    } finally {
      const exited = once(child, "exit");
      child.kill();
      await exited;
    }
  });
});
