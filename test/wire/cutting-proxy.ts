import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** What stands between a client and a server. */
export interface CuttingProxy {
  readonly port: number;
  /** Bytes of the server that were passed on in the latest connection. */
  passedBytes: number;
  /** From the next connection on, so many bytes of the server are passed on; then the connection is cut. */
  cutAfterBytes: number;
  /** Cuts every connection now. */
  cutAll(): void;
  close(): Promise<void>;
}

/** Passes connections on to a port of this machine and cuts them off where a test wants. */
export async function startCuttingProxy(toPort: number): Promise<CuttingProxy> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on("close", () => clients.delete(client));
    const upstream = connect(toPort, "127.0.0.1");
    const most = proxy.cutAfterBytes;
    proxy.passedBytes = 0;
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroySoon());
    client.pipe(upstream);
    upstream.on("data", (bytes: Buffer) => {
      const passed = bytes.subarray(0, most - proxy.passedBytes);
      proxy.passedBytes += passed.length;
      client.write(passed);
      if (proxy.passedBytes >= most) {
        client.destroySoon();
        upstream.destroy();
      }
    });
  });
  const proxy: CuttingProxy = {
    port: 0,
    passedBytes: 0,
    cutAfterBytes: Number.POSITIVE_INFINITY,
    cutAll() {
      for (const client of clients) client.destroy();
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return Object.assign(proxy, { port: (server.address() as AddressInfo).port });
}
