import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { WebSocketServer } from "ws";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { HttpSource } from "../../../src-main/play/source/http-source.ts";
import { WebsocketSource } from "../../../src-main/play/source/websocket-source.ts";
import { serveSecurely } from "./audio-server.ts";
import { HAS_OPENSSL, makeCertificate, type Certificate } from "./certificates.ts";
import { failureLine, receive } from "./open-source.ts";

const OK = ["20200101000000Z", "20990101000000Z"] as const;

describe.skipIf(!HAS_OPENSSL)("encrypted sources (needs openssl on the PATH)", () => {
  let trusted: Certificate;
  let stranger: Certificate;
  let expired: Certificate;
  let future: Certificate;
  const before = getCACertificates("default");

  beforeAll(() => {
    trusted = makeCertificate("DNS:localhost", ...OK);
    stranger = makeCertificate("DNS:localhost", ...OK);
    expired = makeCertificate("DNS:localhost", "20200101000000Z", "20210101000000Z");
    future = makeCertificate("DNS:localhost", "20980101000000Z", "20990101000000Z");
    setDefaultCACertificates([...before, trusted.cert, expired.cert, future.cert]);
  });
  afterAll(() => setDefaultCACertificates(before));

  test("audio comes over https and wss with a trusted certificate", async () => {
    const port = await start(trusted);
    const { bytes } = await receive(new HttpSource({ url: `https://localhost:${port}/` }));
    expect(bytes).toHaveLength(5);
    const server = createServer(trusted);
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket) => {
      socket.send(Buffer.from("audio"));
      socket.close(1000);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const wss = new WebsocketSource(`wss://localhost:${(server.address() as AddressInfo).port}`);
    expect((await receive(wss)).bytes).toHaveLength(5);
  });

  test("says what is wrong with a certificate", async () => {
    const lines = [];
    for (const [certificate, host] of [
      [stranger, "localhost"],
      [expired, "localhost"],
      [future, "localhost"],
      [trusted, "127.0.0.1"],
    ] as const) {
      const port = await start(certificate);
      const overHttp = await failureLine(new HttpSource({ url: `https://${host}:${port}/` }));
      expect(await failureLine(new WebsocketSource(`wss://${host}:${port}/`))).toBe(overHttp);
      lines.push(overHttp.replace(port, "PORT"));
    }
    expect(lines).toEqual([
      "source-unreachable: localhost:PORT has a self-signed certificate, which is not trusted",
      "source-unreachable: localhost:PORT has an expired certificate",
      "source-unreachable: localhost:PORT has a certificate that is not valid yet: is this machine's clock right?",
      "source-unreachable: 127.0.0.1:PORT has a certificate for another host",
    ]);
  });
});

async function start({ key, cert }: Certificate): Promise<string> {
  return await serveSecurely(key, cert, (_request, response) => void response.end("audio"));
}
