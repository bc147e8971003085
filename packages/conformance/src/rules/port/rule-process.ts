import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { RuleFault } from "../rule-fault.js";
import { lineReader, maxLineBytes, objectOfLine } from "./json-lines.js";
import type { RulePortOptions } from "./rule-port-options.js";

type Line = Readonly<Record<string, unknown>>;

/** One run of the program behind the port: one question at a time, one line each way. */
export interface RuleProcess {
  /**
   * Sends one object and gives the line that comes back. Rejects with a {@link RuleFault}; after that the process is
   * gone.
   */
  exchange(question: Line, withinMs: number): Promise<Line>;
  /** Closes stdin and waits; gives the exit code, or `undefined` when the program had to be killed. */
  end(withinMs: number): Promise<number | undefined>;
  readonly isOver: boolean;
}

/** Starts the program. It is not spoken to yet; a program that cannot be started is over at once. */
export function startRuleProcess({ command: [program, ...args], cwd }: RulePortOptions): RuleProcess {
  const child: ChildProcessWithoutNullStreams = spawn(program, args, {
    stdio: "pipe",
    ...(cwd === undefined ? {} : { cwd }),
  });
  let waiting: { readonly resolve: (line: Line) => void; readonly reject: (fault: RuleFault) => void } | undefined;
  let over: RuleFault | undefined;
  let exitCode: number | undefined;

  const closed = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      fail(new RuleFault("fault", `${program} cannot be started: ${error.message}`));
      resolve();
    });
    child.once("close", (code, signal) => {
      exitCode = code ?? undefined;
      fail(
        new RuleFault("fault", signal === null ? `the rule exited with ${code}` : `the rule was ended by ${signal}`),
      );
      resolve();
    });
  });

  function fail(fault: RuleFault): void {
    over ??= fault;
    child.kill("SIGKILL");
    waiting?.reject(over);
    waiting = undefined;
  }

  const read = lineReader(
    (line) => {
      const value = objectOfLine(line);
      if (value === undefined)
        return fail(
          new RuleFault("fault", `a line of stdout is not a JSON object: ${line.subarray(0, 100).toString("utf8")}`),
        );
      if (waiting === undefined)
        return fail(new RuleFault("fault", `an unexpected line: ${line.subarray(0, 100).toString("utf8")}`));
      waiting.resolve(value);
      waiting = undefined;
    },
    () => fail(new RuleFault("fault", `a line above ${maxLineBytes} bytes`)),
  );
  child.stdout.on("data", read);
  // Free for the rule's own messages; read so that it never blocks on a full pipe.
  child.stderr.resume();
  // A write to a program that has just died: "close" tells it.
  child.stdin.on("error", () => undefined);

  return {
    get isOver() {
      return over !== undefined;
    },
    exchange: (question, withinMs) =>
      new Promise((resolve, reject) => {
        if (over !== undefined) return reject(over);
        const timer = setTimeout(() => fail(new RuleFault("hang", `no answer within ${withinMs} ms`)), withinMs);
        waiting = {
          resolve: (line) => {
            clearTimeout(timer);
            resolve(line);
          },
          reject: (fault) => {
            clearTimeout(timer);
            reject(fault);
          },
        };
        child.stdin.write(`${JSON.stringify(question)}\n`);
      }),
    end: async (withinMs) => {
      child.stdin.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), withinMs);
      await closed;
      clearTimeout(timer);
      return exitCode;
    },
  };
}
