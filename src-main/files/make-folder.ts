import { mkdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

const OWNER_ONLY = 0o700;

/**
 * Makes a folder, and those above it, for its owner alone. Throws what the system says. Unlike the recursive `mkdir` of Node it ends where a
 * folder that exists says that nothing can be in it, as in /proc, and names the true reason on a read-only disk.
 */
export function makeFolder(path: string): void {
  try {
    makeOne(path);
  } catch (error) {
    if (!isWithoutParent(error, path)) throw error;
    makeFolder(dirname(path));
    makeOne(path);
  }
}

/** The same without blocking. */
export async function makeFolderAsync(path: string): Promise<void> {
  try {
    await makeOneAsync(path);
  } catch (error) {
    if (!isWithoutParent(error, path)) throw error;
    await makeFolderAsync(dirname(path));
    await makeOneAsync(path);
  }
}

function makeOne(path: string): void {
  try {
    mkdirSync(path, OWNER_ONLY);
  } catch (error) {
    if (!isThere(error)) throw error;
  }
}

async function makeOneAsync(path: string): Promise<void> {
  try {
    await mkdir(path, OWNER_ONLY);
  } catch (error) {
    if (!isThere(error)) throw error;
  }
}

function isThere(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EEXIST";
}

function isWithoutParent(error: unknown, path: string): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT" && dirname(path) !== path;
}
