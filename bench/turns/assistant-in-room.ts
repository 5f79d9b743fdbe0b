import { startApp, type RunningApp } from "../../test/e2e/app.ts";
import { startRigBrowser, type RigBrowser } from "../../test/e2e/rig/browser.ts";
import { startSoundRig, type SoundRig } from "../../test/e2e/rig/sound-rig.ts";

/** The built assistant in Chromium, in a virtual room, with its microphone open. */
export interface AssistantInRoom {
  readonly rig: SoundRig;
  readonly app: RunningApp;
  readonly page: RigBrowser["page"];
  readonly close: () => Promise<void>;
}

/** Starts the assistant in a room. `echoRatio`: how much of the speaker the microphone hears; 0, as with a headset, unless said. */
export async function startAssistantInRoom(echoRatio = 0): Promise<AssistantInRoom> {
  const rig = await startSoundRig({ echoRatio });
  const app = await startApp(rig.env);
  const browser = await startRigBrowser(rig, { microphone: "granted" });
  const { page } = browser;
  const close = async (): Promise<void> => {
    await browser.close();
    await app.close();
    await rig.close();
  };
  try {
    await browser.context.grantPermissions(["microphone"]);
    await page.goto(app.url);
    await page.locator('.status[data-microphone="live"]').waitFor();
  } catch (error) {
    await close();
    throw error;
  }
  return { rig, app, page, close };
}
