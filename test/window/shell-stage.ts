import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { startBrowserShell, type BrowserShell } from "../../src-main/window/browser-shell.ts";
import { FakeEndpoint } from "../fakes/fake-endpoint.ts";
import { logIn, PageSocket } from "./page-client.ts";

/** A browser shell of its own for every test of the file: its files, the endpoint behind it, and who is logged in. */
export class ShellStage {
  folder!: string;
  endpoint!: FakeEndpoint;
  shell!: BrowserShell;
  cookie!: string;

  constructor() {
    beforeEach(() => this.#open());
    afterEach(() => this.#close());
  }

  get origin(): string {
    return `http://127.0.0.1:${this.shell.port}`;
  }

  async openPage(): Promise<PageSocket> {
    const page = new PageSocket(this.shell.port, { cookie: this.cookie, origin: this.origin });
    await page.opened;
    return page;
  }

  async #open(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), "repartee-shell-"));
    const rendererFolder = join(this.folder, "renderer");
    mkdirSync(join(rendererFolder, "assets"), { recursive: true });
    writeFileSync(join(this.folder, "secret.html"), "outside");
    mkdirSync(join(this.folder, "renderer-too"));
    writeFileSync(join(this.folder, "renderer-too", "secret.html"), "beside");
    writeFileSync(join(rendererFolder, "index.html"), "<!doctype html><title>the window</title>");
    writeFileSync(join(rendererFolder, "assets", "main.js"), "export {};");
    writeFileSync(join(rendererFolder, "notes.txt"), "not a page file");
    this.endpoint = new FakeEndpoint();
    const metricsText = () => "replies_total 3\n";
    const started = await startBrowserShell({ port: 0, rendererFolder, endpoint: this.endpoint, metricsText });
    if (!started.ok) throw new Error(started.failure.detail);
    this.shell = started.value;
    this.cookie = await logIn(this.shell.url);
  }

  async #close(): Promise<void> {
    await this.shell.close();
    rmSync(this.folder, { recursive: true });
  }
}
