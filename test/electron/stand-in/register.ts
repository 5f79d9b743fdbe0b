import { registerHooks } from "node:module";

/** Loaded before the built entry: `electron` is the stand-in from now on. */
const standIn = new URL("./electron.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron" ? { url: standIn, shortCircuit: true } : next(specifier, context),
});
