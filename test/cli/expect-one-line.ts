import { expect } from "vitest";
import type { CommandRun } from "./run-repartee.ts";

/** A command that failed with this exit code: one line says why, and nothing else was written. */
export function expectOneLine({ stdout, stderr, exitCode }: CommandRun, code: number): void {
  expect(stderr).toMatch(/^repartee: [^\n]+\n$/);
  expect(stderr).not.toMatch(/\n\s+at |Error:|undefined/);
  expect([stdout, exitCode]).toEqual(["", code]);
}
