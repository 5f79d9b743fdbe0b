import { expect, test } from "vitest";
import { outputLabel } from "../../../src-renderer/echo/output-watch.ts";

const output = (deviceId: string, groupId: string, label: string) => ({
  kind: "audiooutput" as const,
  deviceId,
  groupId,
  label,
});

test("the output is called what the device behind the system's default is called", () => {
  const microphone = { kind: "audioinput" as const, deviceId: "default", groupId: "1", label: "Default" };
  const devices = [
    microphone,
    output("default", "2", "Default"),
    output("a", "1", "HDMI"),
    output("b", "2", "Headset"),
  ];
  expect(outputLabel(devices)).toBe("Headset");
  expect(outputLabel([output("default", "2", "Default - Headset"), output("a", "1", "HDMI")])).toBe("Headset");
  expect(outputLabel([output("", "", "")])).toBe("");
  expect(outputLabel([])).toBe("");
});
