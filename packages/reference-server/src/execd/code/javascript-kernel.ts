import { EventEmitter } from "node:events";
import { writeSync } from "node:fs";
import * as nodeModule from "node:module";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { Recoverable, start } from "node:repl";
import { PassThrough, Writable } from "node:stream";
import { inspect } from "node:util";
import { constants, Script } from "node:vm";

// The entry point of the JavaScript kernel: one JSON request per line on descriptor 3, answered there. Code runs as in
// the REPL of Node: in the global scope, with `await` at its top level; its value is the result. SIGINT ends running
// code, and nothing otherwise; it may come once, after the kernel has told that it began.

type Fault = { readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] };

const isTypeScript = process.argv[2] === "typescript";
const strip = (nodeModule as { readonly stripTypeScriptTypes?: (code: string) => string }).stripTypeScriptTypes;
const CHANNEL = 3;
const channel = new Socket({ fd: CHANNEL });
const tell = writeTo(CHANNEL);
// What code does to the global streams must not keep the end of a run from being told.
const outputs = [process.stdout, process.stderr].map((stream) => (stream.write = writeTo(stream.fd)));

const FULL_PIPE_MS = 2;
const SLEEP = new Int32Array(new SharedArrayBuffer(4));

const note = (error: unknown): void => void process.stderr.write(`Uncaught ${inspect(error)}\n`);
process.on("uncaughtException", note);
process.on("unhandledRejection", note);

const repl = start({
  prompt: "",
  input: new PassThrough(),
  // Only what nobody waits for is written here: errors of timers and the like.
  output: new Writable({ write: (chunk: Buffer, _encoding, done) => void process.stderr.write(chunk, () => done()) }),
  terminal: false,
  useGlobal: true,
  ignoreUndefined: true,
});

/** Takes the error of the run under way. */
let fail: ((error: unknown) => void) | undefined;

// Reaches what waits; code that computes is ended by the flag `breakOnSigint`.
process.on("SIGINT", () => fail?.(new Error("Script execution was interrupted by `SIGINT`")));

/**
 * The `write` of an output, without the state of a stream: an interrupt can end code in the middle of a write, and a
 * stream would wait for the end of that write forever. It waits while the pipe is full, so that nothing is held in
 * memory, and can be interrupted there.
 */
function writeTo(descriptor: number): NodeJS.WriteStream["write"] {
  return (chunk: Uint8Array | string, encodingOrDone?: unknown, done?: unknown): boolean => {
    const encoding = typeof encodingOrDone === "string" ? (encodingOrDone as BufferEncoding) : "utf8";
    let rest = typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
    while (rest.length > 0) rest = rest.subarray(writeSome(descriptor, rest));
    const callback = typeof encodingOrDone === "function" ? encodingOrDone : done;
    if (typeof callback === "function") process.nextTick(callback as () => void);
    return true;
  };
}

/** The number of bytes that were written; 0 when the pipe had no room, after a moment. */
function writeSome(descriptor: number, bytes: Uint8Array): number {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    if (Object(error).code !== "EAGAIN") throw error;
    Atomics.wait(SLEEP, 0, 0, FULL_PIPE_MS);
    return 0;
  }
}

function evaluate(code: string, onBegin: () => void = () => undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    fail = reject;
    const source = isTypeScript && strip !== undefined ? strip(code) : code;
    const script = compile(source);
    if (script instanceof Script) {
      return resolve(
        interruptible(() => {
          onBegin();
          return script.runInThisContext();
        }),
      );
    }
    // Only the REPL knows `await` at the top level. Its own flag for SIGINT leaves the process without a handler.
    if (!/\bawait\b/.test(source)) return reject(script);
    onBegin();
    repl.eval(`${source}\n`, repl.context, FILE, (error, value) => {
      if (error === null || error === undefined) resolve(value);
      else reject(error instanceof Recoverable ? error.err : error);
    });
  });
}

/**
 * Runs a function under `breakOnSigint`. Node takes the handlers of SIGINT off first, and the signal would end the
 * process until its own one is there: what the function does at its begin is done in safety.
 */
function interruptible(run: () => unknown): unknown {
  Object.defineProperty(globalThis, ENTRY, {
    configurable: true,
    value: () => {
      Reflect.deleteProperty(globalThis, ENTRY);
      return run();
    },
  });
  return entry.runInThisContext({ breakOnSigint: true });
}

const ENTRY = Symbol.for("rxsandbox.dev/entry");
const entry = new Script('globalThis[Symbol.for("rxsandbox.dev/entry")]()');
const FILE = "cell";

/** The script, or why it is invalid. What looks like an object is one, as in the REPL. */
function compile(source: string): unknown {
  const isLikeObject = /^\s*\{/.test(source) && !/;\s*$/.test(source);
  let problem: unknown;
  for (const text of isLikeObject ? [`(${source.trim()})`, source] : [source]) {
    try {
      return new Script(text, { filename: FILE, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
    } catch (error) {
      problem = error;
    }
  }
  return problem;
}

/**
 * The REPL runs code in a domain, where it has one, and tells the domain of errors instead of its caller. Those of
 * timers and the like come there too, marked as thrown; they are no errors of the run.
 */
function catchDomainErrors(domain: unknown): void {
  if (!(domain instanceof EventEmitter)) return;
  domain.removeAllListeners("error");
  domain.on("error", (error: unknown) => {
    if (fail === undefined || Object(error).domainThrown === true) note(error);
    else fail(error);
  });
}

function describe(error: unknown): Fault {
  if (!(error instanceof Error)) return { ename: typeof error, evalue: String(error), traceback: [inspect(error)] };
  const lines = (error.stack ?? error.message).split("\n");
  // What runs the code is private.
  const end = lines.findIndex((line) =>
    /^ {4}at .*(?:node:(?:vm|repl|domain|internal\/vm)\b|javascript-kernel\.js)/.test(line),
  );
  return { ename: error.name, evalue: error.message, traceback: end === -1 ? lines : lines.slice(0, end) };
}

async function answer({ id, code }: { readonly id: string; readonly code: string }): Promise<void> {
  let outcome: { readonly result?: { readonly text: string }; readonly error?: Fault } = {};
  try {
    const value = await evaluate(code, () => tell(`${JSON.stringify({ id, started: true })}\n`));
    if (value !== undefined) outcome = { result: { text: inspect(value) } };
  } catch (error) {
    outcome = { error: describe(error) };
  }
  fail = undefined;
  for (const write of outputs) write(`\0${id}\0`);
  channel.write(`${JSON.stringify({ id, ...outcome })}\n`);
}

// Code that throws inside a getter of its own value ends up here too.
createInterface({ input: channel }).on(
  "line",
  (line) => void answer(JSON.parse(line) as { id: string; code: string }).catch(note),
);
channel.on("close", () => process.exit());
catchDomainErrors(await evaluate("process.domain"));
channel.write(`${JSON.stringify({ ready: true })}\n`);
