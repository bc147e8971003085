import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  concat,
  concatMap,
  connect,
  defer,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  takeUntil,
  tap,
  type Observable,
} from "rxjs";
import {
  createClient,
  liveness,
  outputLines,
  stdoutText,
  toExecution,
  type Client,
  type Sandbox,
} from "@rxsandbox/client";
import { startReferenceServer, type ReferenceServer, type ReferenceServerOptions } from "@rxsandbox/reference-server";
import { errorText } from "../error-text.js";
import { exitCode, exitCodeOfError } from "../exit-code.js";
import { demoConformance } from "./demo-conformance.js";
import { interruption } from "../interruption.js";
import { startProgress } from "../progress.js";
import type { Terminal } from "../terminal.js";

export interface DemoOptions {
  readonly driver?: NonNullable<ReferenceServerOptions["driver"]>;
}

const countdown = `for i in 5 4 3 2 1; do echo "  $i ..."; sleep 0.3; done; echo "  lift-off from process $$ on $(uname -s)"; exit 3`;

/** What the demo shows once a sandbox is there; completes when it has been shown. */
function tour(sandbox: Sandbox, say: (text: string) => void): Observable<unknown> {
  return concat(
    defer(() => {
      say(`\n$ ${countdown}\n`);
      const startedAt = Date.now();
      return sandbox.commands.run(countdown).pipe(
        connect((events) =>
          merge(
            events.pipe(
              outputLines(),
              tap(({ text }) => say(`${String(Date.now() - startedAt).padStart(6)} ms ${text}\n`)),
              ignoreElements(),
            ),
            events.pipe(
              liveness(),
              tap((state) => say(`${String(Date.now() - startedAt).padStart(6)} ms [${state}]\n`)),
              ignoreElements(),
            ),
            events.pipe(
              toExecution(),
              tap(({ end }) => say(`The command ended: ${JSON.stringify(end)}\n`)),
            ),
          ),
        ),
      );
    }),
    // The process driver has no /tmp of its own: files live below the sandbox's TMPDIR there.
    sandbox.commands.run('printf %s "$TMPDIR"').pipe(
      stdoutText(),
      map((directory) => `${directory.trim()}/greeting.txt`),
      concatMap((path) =>
        sandbox.files.writeFiles([{ path, data: "Grüße from a sandbox\n" }]).pipe(
          concatMap(() => sandbox.files.readFile(path)),
          tap((text) => say(`\nWrote and read ${path}: ${JSON.stringify(text)}\n`)),
        ),
      ),
    ),
    defer(() => sandbox.getEgressPolicy()).pipe(
      tap((policy) =>
        say(
          `Network policy: default ${policy.defaultAction}, ${policy.egress.map((rule) => `${rule.action} ${rule.target}`).join(", ")}\n`,
        ),
      ),
    ),
    defer(() => sandbox.getInfo()).pipe(
      tap((info) => say(`State: ${info.status.state}, expires ${info.expiresAt?.toISOString() ?? "never"}\n`)),
    ),
  );
}

/**
 * `rxsandbox demo`: the embedded server, a sandbox, a command that streams, a file, everything cleaned up, and the
 * conformance suite.
 */
export async function demo(options: DemoOptions, terminal: Terminal): Promise<number> {
  const say = (text: string): void => void terminal.out(text);
  const stateDir = await mkdtemp(join(tmpdir(), "rxsandbox-demo-"));
  const progress = startProgress(terminal);
  let server: ReferenceServer | undefined;
  let client: Client | undefined;
  let wasInterrupted = false;
  try {
    progress.say("Starting the embedded server");
    // A demo has nothing to protect root from: its commands are the three lines above.
    server = await startReferenceServer({
      port: 0,
      stateDir,
      allowRoot: true,
      ...(options.driver === undefined ? {} : { driver: options.driver }),
    });
    progress.done(`Embedded server on ${server.domain}, driver ${server.driver.name}`);
    client = createClient({ domain: server.domain, apiKey: server.apiKey });
    progress.say("Creating a sandbox");
    const startedAt = Date.now();
    const work = client.withSandbox(
      {
        image: "python:3.11",
        networkPolicy: { defaultAction: "deny", egress: [{ action: "allow", target: "pypi.org" }] },
      },
      (sandbox) => {
        progress.done(`Sandbox ${sandbox.id} is ready after ${Date.now() - startedAt} ms`);
        return tour(sandbox, say);
      },
    );
    const stop = interruption().pipe(tap(() => (wasInterrupted = true)));
    await lastValueFrom(work.pipe(takeUntil(stop)), { defaultValue: undefined });
    say(
      wasInterrupted
        ? "\nInterrupted. The command and the sandbox have been ended.\n"
        : "\nThe sandbox has been deleted. Next, try the example in README.md, or `rxsandbox serve` and `rxsandbox run`.\n",
    );
    return wasInterrupted ? exitCode.interrupted : await demoConformance(options.driver, terminal);
  } catch (error) {
    progress.fail("The demo failed");
    await terminal.err(errorText(error));
    return exitCodeOfError(error);
  } finally {
    await client?.close();
    await server?.close();
    await rm(stateDir, { recursive: true, force: true });
  }
}
