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
  expect(outputLabel([output("default", "3", "Default - Headset"), ...devices.slice(2)])).toBe("Headset");
  expect(outputLabel([output("", "", "")])).toBe("");
  expect(outputLabel([output("default", "default", "Default"), output("a", "1", "HDMI")])).toBe("HDMI");
  expect(outputLabel([output("default", "default", "Default"), ...devices.slice(2)])).toBe("Default");
  expect(outputLabel([])).toBe("");
});
