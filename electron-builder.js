import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * How the desktop app is packed: `npm run dist`. See docs/packaging.md.
 *
 * The app holds the bundles, and of the npm packages only what cannot be bundled: native code and WebAssembly. Both lie outside the asar
 * archive, because worker threads and the system's loader read real files. Model files lie beside the app, under the names that the
 * manifest gives them.
 */
const { models } = JSON.parse(readFileSync(join(import.meta.dirname, "resources/models/manifest.json"), "utf8"));

/** A package and the files of it that run. */
const part = (name, ...filter) => ({
  from: `node_modules/${name}`,
  to: `node_modules/${name}`,
  filter: ["package.json", ...filter],
});
/** The one build of the ONNX runtime that fits the system. */
const onnxRuntimeFor = (system) => part("onnxruntime-node", `bin/napi-v6/${system}/\${arch}/**`);

/** @type {import("electron-builder").Configuration} */
export default {
  appId: "io.github.repartee",
  productName: "Repartee",
  copyright: "Copyright © The Repartee authors",
  directories: { output: "dist", buildResources: "resources" },
  icon: "resources/icons/icon.png",
  npmRebuild: false,
  extraMetadata: { homepage: "https://repartee.invalid/", desktopName: "repartee.desktop" },
  files: [
    "out/**",
    "package.json",
    "!node_modules/**",
    part("onnxruntime-node", "dist/**/*.js"),
    part("onnxruntime-common", "dist/cjs/**/*.{js,json}"),
    part("@alexanderolsen/libsamplerate-js", "dist/libsamplerate.js"),
    part("soundswallower", "soundswallower.node.js"),
  ],
  extraResources: [
    ...models.map(({ package: name, path, file }) => ({
      from: name ? `node_modules/${name}/${path}` : path,
      to: `models/${file}`,
    })),
    "LICENSE",
    "THIRD-PARTY-NOTICES.md",
  ],
  asar: true,
  asarUnpack: ["package.json", "out/main/**", "node_modules/**"],
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: {
    files: [onnxRuntimeFor("linux")],
    target: ["AppImage", "deb"],
    category: "Utility",
    synopsis: "Hands-free voice assistant",
    maintainer: "The Repartee authors <maintainers@repartee.invalid>",
    desktop: { entry: { Keywords: "voice;assistant;speech;timer;" } },
  },
  mac: {
    files: [onnxRuntimeFor("darwin")],
    target: [{ target: "dmg", arch: ["arm64"] }],
    category: "public.app-category.productivity",
    hardenedRuntime: true,
    entitlements: "resources/entitlements.mac.plist",
    entitlementsInherit: "resources/entitlements.mac.plist",
    extendInfo: {
      NSMicrophoneUsageDescription:
        "Repartee listens so that you can talk to it. What you say is understood on this machine.",
    },
  },
  win: {
    files: [onnxRuntimeFor("win32")],
    target: ["nsis"],
  },
  nsis: { oneClick: false, allowToChangeInstallationDirectory: true },
};
