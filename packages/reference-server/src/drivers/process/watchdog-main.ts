import { createInterface } from "node:readline";
import { type ProcessFamily, processFamily } from "./process-family.js";

/**
 * The process driver's watchdog: a process of its own that outlives the server by a moment.
 *
 * Input: one line per request, `<request> <sandbox> [<argument>]`. `track` (argument: the environment marker) follows a
 * sandbox's processes, `root` (argument: a pid) adds one by number, `pause`, `resume` and `kill` act on all of them;
 * each is answered by `done <request> <sandbox>`. The end of the input is the server's death: everything is killed.
 */
const LOOK_INTERVAL_MS = 200;

const families = new Map<string, { readonly family: ProcessFamily; readonly roots: number[] }>();

// Ctrl-C reaches the whole foreground group; only the end of the server counts here.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE"] as const) process.on(signal, () => {});
process.stdout.on("error", () => {});

setInterval(() => {
  for (const { family } of families.values()) family.refresh();
}, LOOK_INTERVAL_MS);

const input = createInterface({ input: process.stdin });
input.on("line", (line) => void obey(line));
input.on("close", () => void endEverything());

async function obey(line: string): Promise<void> {
  const [request = "", sandbox = "", argument = ""] = line.split(" ");
  if (request === "track") {
    const roots: number[] = [];
    families.set(sandbox, { family: processFamily(argument, roots), roots });
  }
  const entry = families.get(sandbox);
  if (request === "root") entry?.roots.push(Number(argument));
  if (request === "pause") entry?.family.signalAll("SIGSTOP");
  if (request === "resume") entry?.family.signalAll("SIGCONT");
  if (request === "kill") {
    await entry?.family.killAll();
    families.delete(sandbox);
  }
  process.stdout.write(`done ${request} ${sandbox}\n`);
}

async function endEverything(): Promise<void> {
  await Promise.all([...families.values()].map(({ family }) => family.killAll()));
  process.exit(0);
}
