import { expect, test } from "vitest";
import { isServerAddress } from "../../../src-renderer/settings/is-server-address.ts";
import { settingsSchema } from "../../../src-shared/settings.ts";

const ADDRESSES = [
  "",
  "http://127.0.0.1:11434",
  "https://models.example/v1",
  "HTTP://localhost:1234/",
  "localhost:11434",
  "ftp://models.example",
  "http:",
  "http://",
  "http:/models.example",
  "nowhere",
  "http://a b",
  "javascript:alert(1)",
];

test.each(ADDRESSES)("the form and the settings agree about %j", (address) => {
  const { success } = settingsSchema.shape.languageModel.unwrap().shape.baseUrl.safeParse(address);
  expect(isServerAddress(address)).toBe(success);
});
