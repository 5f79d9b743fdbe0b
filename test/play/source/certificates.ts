import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether certificates can be made here. */
export const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;

/** A key and its certificate, PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes a self-signed certificate for a host ("DNS:localhost") and a time ("20240101000000Z" and the like). */
export function makeCertificate(subject: string, from: string, until: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  const at = (name: string): string => join(folder, name);
  try {
    mkdirSync(at("issued"));
    writeFileSync(at("index.txt"), "");
    writeFileSync(at("serial"), "01");
    writeFileSync(
      at("settings"),
      `[ca]\ndefault_ca=own\n[own]\ndatabase=${at("index.txt")}\nserial=${at("serial")}\nnew_certs_dir=${at("issued")}\n` +
        `default_md=sha256\npolicy=any\nx509_extensions=ext\n[any]\ncommonName=supplied\n` +
        `[ext]\nsubjectAltName=${subject}\nbasicConstraints=critical,CA:TRUE\n[req]\ndistinguished_name=name\n[name]\n`,
    );
    const run = (...words: string[]): unknown => execFileSync("openssl", words, { stdio: "pipe" });
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at("key")];
    run("req", "-config", at("settings"), "-new", ...key, "-subj", "/CN=test", "-out", at("request"));
    const time = ["-startdate", from, "-enddate", until];
    const self = ["-selfsign", "-keyfile", at("key"), "-in", at("request"), "-out", at("cert"), "-notext"];
    run("ca", "-config", at("settings"), "-batch", ...self, ...time);
    return { key: readFileSync(at("key"), "utf8"), cert: readFileSync(at("cert"), "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
