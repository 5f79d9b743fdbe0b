import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { settingsSchema, type Settings, type SettingsPatch } from "../../src-shared/settings.ts";

/** The folder of settings and timers: REPARTEE_HOME, or where the platform keeps the configuration of programs. */
export function settingsFolder(): string {
  const { REPARTEE_HOME, APPDATA, XDG_CONFIG_HOME } = process.env;
  if (REPARTEE_HOME) return REPARTEE_HOME;
  if (process.platform === "win32") return join(APPDATA ?? join(homedir(), "AppData", "Roaming"), "Repartee");
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "Repartee");
  return join(XDG_CONFIG_HOME || join(homedir(), ".config"), "repartee");
}

/**
 * The settings in force, kept in one validated file that only the user may read, because it may hold a key. A file that is not valid is
 * left as it is beside the defaults until the next change, which keeps a copy of it. Several programs may have the same file open: each
 * writes its own changes into what is there.
 */
export class SettingsFile {
  readonly #path: string;
  readonly #listeners = new Set<(settings: Settings) => void>();
  #current: Settings;
  #unsaved: SettingsPatch = {};
  #saving: Promise<unknown> = Promise.resolve();

  private constructor(path: string, settings: Settings) {
    this.#path = path;
    this.#current = settings;
  }

  /** Reads `settings.json` in the folder. With an invalid file the value has the defaults and `problem` says what is wrong. */
  static async open(folder: string): Promise<{ readonly file: SettingsFile; readonly problem: Outcome<null> }> {
    const path = join(folder, "settings.json");
    const parsed = await parseSettings(path);
    if (parsed.ok) return { file: new SettingsFile(path, parsed.value), problem: succeeded(null) };
    return { file: new SettingsFile(path, settingsSchema.parse({})), problem: parsed };
  }

  get current(): Settings {
    return this.#current;
  }

  onChange(listener: (settings: Settings) => void): void {
    this.#listeners.add(listener);
  }

  /** Applies and saves a change. It holds for this session even when it cannot be saved. Codes: settings-invalid, settings-unwritable. */
  async update(patch: SettingsPatch): Promise<Outcome<Settings>> {
    const merged = settingsSchema.safeParse({ ...this.#current, ...patch });
    if (!merged.success) return failed("settings-invalid", "settings", describe(merged.error.issues[0]));
    this.#current = merged.data;
    this.#unsaved = { ...this.#unsaved, ...patch };
    for (const listener of this.#listeners) listener(merged.data);
    const saving = this.#saving.then(() => this.#save());
    this.#saving = saving;
    return saving;
  }

  /** Saves what is in force by now; one save after the other. */
  async #save(): Promise<Outcome<Settings>> {
    const [settings, patch] = [this.#current, this.#unsaved];
    this.#unsaved = {};
    try {
      const there = await parseSettings(this.#path);
      if (!there.ok) await rename(this.#path, `${this.#path}.invalid`);
      const saved = { ...(there.ok ? there.value : settings), ...patch };
      await writeFileAtomically(this.#path, JSON.stringify(saved, undefined, 2));
    } catch (error) {
      this.#unsaved = { ...patch, ...this.#unsaved };
      return failed("settings-unwritable", "settings", `cannot write ${this.#path}: ${(error as Error).message}`);
    }
    return succeeded(settings);
  }
}

/** Writes a file that only the user may read: whole or not at all. Makes the folder. */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeFile(part, `${text}\n`, { mode: 0o600 });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function parseSettings(path: string): Promise<Outcome<Settings>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return succeeded(settingsSchema.parse({}));
    return failed("settings-invalid", "settings", `cannot read ${path}: ${(error as Error).message}`);
  }
  try {
    const parsed = settingsSchema.safeParse(JSON.parse(text));
    return parsed.success
      ? succeeded(parsed.data)
      : failed("settings-invalid", "settings", `${path}: ${describe(parsed.error.issues[0])}`);
  } catch {
    return failed("settings-invalid", "settings", `${path} is not JSON`);
  }
}

function describe(issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): string {
  return issue ? `${issue.path.join(".")}: ${issue.message}` : "not valid";
}
