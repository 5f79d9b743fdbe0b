/** The part of WebAssembly that Flite's host uses; Node's types leave it out. */
declare namespace WebAssembly {
  class Module {
    private readonly compiled: true;
  }
  class Instance {
    readonly exports: Readonly<Record<string, unknown>>;
    constructor(module: Module, imports: Readonly<Record<string, object>>);
  }
  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
}
