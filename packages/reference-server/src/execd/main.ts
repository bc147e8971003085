import type { ExecdConfig, ExecdReady } from "../shared/execd-config.js";
import { type Execd, startExecd } from "./start-execd.js";

// The entry point of an execd worker: one line of configuration on standard input, one line of readiness on standard
// output, then standard input is the lifeline (see ExecdConfig).

let execd: Execd | undefined;

function exit(status: number): never {
  execd?.killAll();
  process.exit(status);
}

async function start(line: string): Promise<void> {
  execd = await startExecd(JSON.parse(line) as ExecdConfig);
  const ready: ExecdReady = { ready: true, ...(execd.port === undefined ? {} : { port: execd.port }) };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

let firstLine: string | undefined = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk: string) => {
  if (firstLine === undefined) return;
  firstLine += chunk;
  const end = firstLine.indexOf("\n");
  if (end === -1) return;
  const line = firstLine.slice(0, end);
  firstLine = undefined;
  start(line).catch((error: unknown) => {
    process.stderr.write(`execd: ${error instanceof Error ? error.message : String(error)}\n`);
    exit(1);
  });
});
process.stdin.on("end", () => exit(0));
process.stdin.on("error", () => exit(0));
process.on("SIGTERM", () => exit(0));
// Ctrl-C reaches the whole foreground group; the server then ends its workers in order, through the lifeline.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
// The reader of standard output may go once it has the ready line.
process.stdout.on("error", () => {});
