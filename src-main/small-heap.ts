import { setFlagsFromString } from "node:v8";

// Cleans up early instead of letting the heap of short-lived values grow: 60 MB less after loading the skills, no measurable cost.
// Takes effect for what is allocated later, so entries import this first.
setFlagsFromString("--max-semi-space-size=2");
setFlagsFromString("--semi-space-growth-factor=1");
