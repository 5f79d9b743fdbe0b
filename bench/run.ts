import { readdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import { Command } from "commander";
import type { Bench, BenchResult, BenchRow } from "./bench-result.ts";

const benches = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

const program = new Command("bench")
  .description(`Runs one bench side by side on this machine: ${benches.join(", ")}.`)
  .argument("<name>", "the bench")
  .option("--json <file>", "write the result as JSON")
  .option("--long", "include what takes minutes", false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

const [name = ""] = program.args;
const { json, long } = program.opts<{ json?: string; long: boolean }>();
if (!benches.includes(name)) {
  console.error(`There is no bench "${name}". There are: ${benches.join(", ")}.`);
  process.exit(2);
}

const bench = (await import(`./${name}/bench.ts`)) as Bench;
const machine = `${os.cpus()[0]?.model ?? "unknown processor"}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.platform()} ${os.arch()}, Node ${process.version}`;
/** What is measured so far is kept, whatever becomes of the rest. */
const keep = ({ rows, verdicts }: BenchResult): void => {
  if (json) writeFileSync(json, `${JSON.stringify({ name, machine, rows, verdicts }, undefined, 2)}\n`);
};
const result = await bench.run({ long, partDone: keep });
keep(result);
const { rows, verdicts } = result;

console.log(`${name} on ${machine}\n`);
for (const part of Map.groupBy(rows, (row) => row["part"]).values()) {
  printTable(part);
  console.log("");
}
for (const { what, limit, value, ok } of verdicts)
  console.log(`${ok ? "ok  " : "FAIL"} ${what}: ${round(value)} (limit ${limit})`);
process.exit(verdicts.every(({ ok }) => ok) ? 0 : 1);

function printTable(table: readonly BenchRow[]): void {
  const columns = [...new Set(table.flatMap((row) => Object.keys(row)))];
  const cells = [columns, ...table.map((row) => columns.map((column) => text(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => (row[index] ?? "").length)));
  for (const row of cells)
    console.log(
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}

function text(value: string | number | undefined): string {
  return typeof value === "number" ? String(round(value)) : (value ?? "");
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
