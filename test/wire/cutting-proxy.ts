import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** What stands between a client and a server. */
export interface CuttingProxy {
  readonly port: number;
  /** Cuts every connection now. */
  cutAll(): void;
  close(): Promise<void>;
}

/** Passes connections on to a port of this machine and cuts them off when a test wants. */
export async function startCuttingProxy(toPort: number): Promise<CuttingProxy> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    const upstream = connect(toPort, "127.0.0.1");
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
    client.on("close", () => {
      clients.delete(client);
      upstream.destroy();
    });
    upstream.on("close", () => client.destroySoon());
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cutAll() {
      for (const client of clients) client.destroy();
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
