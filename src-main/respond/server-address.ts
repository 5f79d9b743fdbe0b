/**
 * The base of an OpenAI-compatible API, from the address that a user entered. Without a path `/v1` is added, as Ollama, LM Studio,
 * llama.cpp and vLLM have it ("http://localhost:11434"); Ollama's own "/api" is replaced by it; "/chat/completions" or "/models" at the end
 * and slashes are dropped; any other path is taken as it is. Pure.
 */
export function apiBaseUrl(address: string): string {
  const url = new URL(address.trim());
  const path = url.pathname.replace(/\/+$/, "").replace(/\/(?:chat\/completions|completions|models)$/, "");
  url.pathname = path === "" || path === "/api" ? "/v1" : path;
  url.hash = "";
  url.search = "";
  return url.href.replace(/\/$/, "");
}
