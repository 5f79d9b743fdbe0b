import { expect, test } from "vitest";
import { isServerAddress } from "../../../src-renderer/settings/is-server-address.ts";
import { settingsSchema } from "../../../src-shared/settings.ts";

const ADDRESSES = [
  "http://127.0.0.1:11434",
  "https://models.example/v1",
  "HTTP://localhost:1234/",
  "ws://127.0.0.1:8080",
  "Wss://gpu.example/api?x=1",
  "localhost:11434",
  "ftp://models.example",
  "wsx://models.example",
  "http:",
  "http://",
  "ws://",
  "http:/models.example",
  "nowhere",
  "http://a b",
  "javascript:alert(1)",
];

test.each(ADDRESSES)("the forms and the settings agree about %j", (address) => {
  const { languageModel, recognition } = settingsSchema.shape;
  const { success: isHttp } = languageModel.unwrap().shape.baseUrl.safeParse(address);
  const { success: isSocket } = recognition.unwrap().shape.urls.safeParse([address]);
  expect(isServerAddress(address, "http")).toBe(isHttp);
  // The settings overlook a missing slash there.
  expect(isServerAddress(address, "socket")).toBe(isSocket && address !== "http:/models.example");
});

test("no address is no address", () => {
  expect(isServerAddress("", "http")).toBe(false);
});
