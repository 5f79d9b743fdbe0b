import { failed, succeeded } from "../../src-shared/failure.ts";
import { hostEngine } from "../../src-main/models/engine-host.ts";

/** What the fake engine can be asked to do. */
export type FakeRequest =
  | { readonly kind: "echo"; readonly value: number }
  | { readonly kind: "wait"; readonly value: number; readonly ms: number }
  | { readonly kind: "wait-for-abort" }
  | { readonly kind: "throw"; readonly message: string }
  | { readonly kind: "exit" };

await hostEngine<{ failLoading: boolean }, FakeRequest, number>((data) => {
  if (data.failLoading) return Promise.resolve(failed("model-missing", "models", "fake.bin is missing"));
  let aborted = 0;
  return Promise.resolve(
    succeeded({
      async answer(request, signal) {
        switch (request.kind) {
          case "echo":
            return succeeded(request.value + aborted);
          case "wait":
            await new Promise((resolve) => setTimeout(resolve, request.ms));
            return succeeded(request.value);
          case "wait-for-abort":
            await new Promise((resolve) => signal.addEventListener("abort", resolve));
            aborted += 1000;
            return succeeded(0);
          case "throw":
            throw new TypeError(request.message);
          case "exit":
            process.exit(3);
        }
      },
    }),
  );
});
