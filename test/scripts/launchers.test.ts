import { spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const reason = process.platform === "win32" ? "needs symbolic links" : undefined;

/** A bundler that takes a while, counts, and fails when the source says so. The command prints its arguments. */
const BUNDLER = `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
appendFileSync("builds", "x");
const source = readFileSync("src-main/main.ts", "utf8");
if (source.includes("broken")) { console.log("main.ts: it is broken"); process.exit(1); }
await new Promise((resolve) => setTimeout(resolve, 300));
mkdirSync("out/main", { recursive: true });
writeFileSync("out/main/repartee.js", "console.log(process.argv.slice(2).join(' '), process.version.split('.')[0]);");
`;

describe.skipIf(reason)(`the launchers${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "repartee-launchers-"));
    cpSync(resolve("scripts"), join(root, "scripts"), { recursive: true });
    for (const folder of ["src-shared", "src-main", "src-preload", "src-renderer", "resources/models"])
      mkdirSync(join(root, folder), { recursive: true });
    put("package.json", `{ "type": "module" }`);
    put("package-lock.json", `{ "packages": {} }`);
    put("electron.vite.config.ts", "");
    put("src-main/main.ts", "fine");
    put("node_modules/electron-vite/bin/electron-vite.js", BUNDLER);
    put("node_modules/electron-vite/package.json", `{ "type": "module" }`);
    put("node_modules/electron/install.js", `require("node:fs").appendFileSync("${root}/electron-installs", "x");`);
    mkdirSync(join(root, "node_modules/node/bin"), { recursive: true });
    symlinkSync(process.execPath, join(root, "node_modules/node/bin/node"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function put(path: string, content: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }

  function launch(script: string, args: string[], env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, [join(root, "scripts", script), ...args], {
      cwd: tmpdir(),
      encoding: "utf8",
      env: { ...process.env, DISPLAY: "", WAYLAND_DISPLAY: "", ...env },
    });
  }

  const builds = () => readFileSync(join(root, "builds"), "utf8").length;

  test("the command line builds first, prints nothing of its own, and builds again only after a change", () => {
    expect(launch("repartee.mjs", ["say", "it"])).toMatchObject({ status: 0, stdout: "say it v24\n", stderr: "" });
    expect(launch("repartee.mjs", ["again"])).toMatchObject({ status: 0, stdout: "again v24\n", stderr: "" });
    expect(builds()).toBe(1);
    utimesSync(join(root, "src-main/main.ts"), new Date(), new Date(Date.now() + 1_000));
    launch("repartee.mjs", []);
    expect(builds()).toBe(2);
    put("src-shared/new.ts", "");
    launch("repartee.mjs", []);
    expect(builds()).toBe(3);
    rmSync(join(root, "src-shared/new.ts"));
    launch("repartee.mjs", []);
    expect(builds()).toBe(4);
  });

  test("of several starts at once, one builds and the others wait for it", async () => {
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [join(root, "scripts/repartee.mjs")], { stdio: "ignore" }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0] as number));
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(builds()).toBe(1);
  });

  test("a build that was killed does not hold up the next one", () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    put("out/.building", String(pid));
    expect(launch("repartee.mjs", ["on"])).toMatchObject({ status: 0, stdout: "on v24\n" });
    expect(existsSync(join(root, "out/.building"))).toBe(false);
  });

  test("a build that fails says why, ends with 1, and is tried again next time", () => {
    put("src-main/main.ts", "broken");
    const failed = launch("repartee.mjs", []);
    expect(failed).toMatchObject({ status: 1, stdout: "" });
    expect(failed.stderr).toContain("main.ts: it is broken");
    put("src-main/main.ts", "fine again");
    expect(launch("repartee.mjs", ["now"])).toMatchObject({ status: 0, stdout: "now v24\n" });
  });

  test("without Electron the browser shell starts and says why; the installation is tried once", () => {
    const first = launch("start.mjs", ["--port", "1"]);
    expect(first.status).toBe(0);
    expect(first.stdout).toMatch(
      /installing the Electron binary.*\n.*so the browser shell starts\.\nwindow --port 1 v24\n$/,
    );
    expect(launch("start.mjs", []).stdout).toMatch(/^Repartee: the Electron binary is not here .*\nwindow v24\n$/);
    expect(readFileSync(join(root, "electron-installs"), "utf8")).toBe("x");
  });

  test.skipIf(process.platform !== "linux")(
    "Electron starts where there is a display, and the browser shell where it cannot",
    () => {
      const electron = "node_modules/electron/dist/electron";
      put(electron, "#!/bin/sh\necho electron started; exit $ELECTRON_CODE\n");
      chmodSync(join(root, electron), 0o755);
      const display = { DISPLAY: ":1", ELECTRON_CODE: "0" };
      expect(launch("start.mjs", [], display)).toMatchObject({ status: 0, stdout: "electron started\n" });
      expect(launch("start.mjs", [], { ELECTRON_CODE: "0" }).stdout).toContain(
        "no display for Electron, so the browser",
      );
      const broken = launch("start.mjs", [], { ...display, ELECTRON_CODE: "1" });
      expect(broken.stdout).toMatch(
        /Electron could not start on this machine, so the browser shell starts\.\nwindow v24\n$/,
      );
    },
  );
});
