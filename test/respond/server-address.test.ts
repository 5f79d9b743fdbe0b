import { expect, test } from "vitest";
import { apiBaseUrl } from "../../src-main/respond/server-address.ts";

test.for([
  ["http://localhost:11434", "http://localhost:11434/v1"],
  ["http://localhost:11434/", "http://localhost:11434/v1"],
  ["http://localhost:11434/api", "http://localhost:11434/v1"],
  ["http://localhost:11434/api/", "http://localhost:11434/v1"],
  ["http://localhost:1234/v1", "http://localhost:1234/v1"],
  ["http://localhost:1234/v1/", "http://localhost:1234/v1"],
  ["http://localhost:8080/v1/chat/completions", "http://localhost:8080/v1"],
  ["http://localhost:8080/chat/completions", "http://localhost:8080/v1"],
  ["http://localhost:8080/v1/models", "http://localhost:8080/v1"],
  ["https://example.org/openai/v1?key=1#top", "https://example.org/openai/v1"],
  ["https://example.org/v1beta/openai//", "https://example.org/v1beta/openai"],
  [" http://[::1]:8000 ", "http://[::1]:8000/v1"],
] as const)("%s is %s", ([address, base]) => {
  expect(apiBaseUrl(address)).toBe(base);
});
