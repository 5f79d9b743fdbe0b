import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ensureBuilt } from "./ensure-built.mjs";
import { ensureInstalled, node, root } from "./ensure-installed.mjs";

/** Program that the tests use, and Debian's package for it. */
const PROGRAMS = {
  chromium: "chromium",
  Xvfb: "xvfb",
  pulseaudio: "pulseaudio",
  pactl: "pulseaudio-utils",
  "espeak-ng": "espeak-ng",
  ffmpeg: "ffmpeg",
};

/** Module of Debian's Python that the tests use, and Debian's package for it. */
const PYTHON_MODULES = { websockets: "python3-websockets", msgpack: "python3-msgpack" };

/** Lets ALSA play through PulseAudio; it has no program of its own. */
const SOUND_PLUGIN = "libasound2-plugins";

ensureInstalled();
ensurePrograms();
ensureBuilt();
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
// Commands are started a few hundred times: what Node compiled once is kept, which saves a fifth of what that takes.
const env = { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node-compile"), ...process.env };
const { status } = spawnSync(node, [vitest, "run", ...process.argv.slice(2)], { stdio: "inherit", cwd: root, env });
process.exit(status ?? 1);

/** Installs what is missing from Debian's packages when that is possible; else says what is missing, and its tests skip themselves. */
function ensurePrograms() {
  const packages = missingPackages();
  if (packages.length === 0) return;
  if (process.getuid?.() === 0 && isOnPath("apt-get")) {
    console.log(`Repartee: installing ${packages.join(", ")} for the tests…`);
    const options = {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    };
    spawnSync("apt-get", ["update", "-qq"], options);
    spawnSync(
      "apt-get",
      ["install", "-y", "-qq", "--no-install-recommends", "fonts-dejavu-core", SOUND_PLUGIN, ...packages],
      options,
    );
  }
  const stillMissing = missingPackages();
  if (stillMissing.length > 0) {
    console.log(`Repartee: not found: ${stillMissing.join(", ")}. The tests that need them are skipped and say so.`);
  }
}

function missingPackages() {
  const programs = Object.keys(PROGRAMS).filter((program) => !isOnPath(program));
  const modules = Object.keys(PYTHON_MODULES).filter((module) => !canImport(module));
  return [...programs.map((program) => PROGRAMS[program]), ...modules.map((module) => PYTHON_MODULES[module])];
}

function canImport(module) {
  return spawnSync("/usr/bin/python3", ["-c", `import ${module}`], { stdio: "ignore" }).status === 0;
}

function isOnPath(program) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}
