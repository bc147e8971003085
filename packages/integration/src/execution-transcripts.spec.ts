import { readFileSync, readdirSync } from "node:fs";
import { lastValueFrom, materialize, of, toArray, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import { toWireEvent, type ExecutionEvent } from "@rxsandbox/protocol";
import { createExecution, logCursor, toExecution, type ExecutionApi } from "@rxsandbox/execution";
import { createApi, createRedactor, createScope, isSandboxError, type SandboxErrorCode } from "@rxsandbox/transport";
import { byteScript, createTestTransport } from "@rxsandbox/testkit";
import { createConnection } from "@rxsandbox/transport/calls";

/** One recorded exchange, as far as the client looks at it. */
interface Exchange {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly chunks: readonly Uint8Array[];
  readonly end: string;
  readonly decoded: readonly Record<string, unknown>[] | undefined;
}

interface RecordedStep {
  readonly request?: { readonly method: string; readonly path: string; readonly body: string | null };
  readonly response?: {
    readonly status: number;
    readonly headers: Exchange["headers"];
    readonly chunks: readonly { readonly b64?: string }[];
    readonly end: string;
  };
  readonly decoded?: Exchange["decoded"];
}

const fixtures = new URL("../fixtures/transcripts/", import.meta.url);

function exchanges(group: string): readonly Exchange[] {
  return readdirSync(new URL(`${group}/`, fixtures)).flatMap((file) => {
    const recorded = JSON.parse(readFileSync(new URL(`${group}/${file}`, fixtures), "utf8")) as RecordedStep & {
      readonly id: string;
      readonly steps?: readonly RecordedStep[];
    };
    return (recorded.steps ?? [recorded]).flatMap((step, index): Exchange[] => {
      const { request, response } = step;
      // Bodies whose bytes were not kept cannot be replayed; the decoder's own spec counts them.
      if (
        request === undefined ||
        response === undefined ||
        response.status === 0 ||
        response.chunks.some(({ b64 }) => b64 === undefined)
      )
        return [];
      const chunks = response.chunks.map(({ b64 }) => new Uint8Array(Buffer.from(b64!, "base64")));
      const { method, path, body } = request;
      return [
        {
          name: `${recorded.id} #${index + 1} ${method} ${path.split("?")[0]}`,
          method,
          path,
          body,
          status: response.status,
          headers: response.headers,
          chunks,
          end: response.end,
          decoded: step.decoded,
        },
      ];
    });
  });
}

function clientOver(exchange: Exchange): ExecutionApi {
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(exchange.headers))
    headers[name] = typeof text === "string" ? text : text.join(", ");
  const transport = createTestTransport({
    [`${exchange.method} *`]: { status: exchange.status, headers, body: byteScript(...exchange.chunks) },
    // What the client does by itself after an error of this side.
    ...(exchange.method === "POST" && { "DELETE /command": {} }),
  });
  const scope = createScope();
  const endpoint = { url: "http://sandbox.test", headers: {}, access: "direct" } as const;
  const api = createApi({
    transport,
    target: () => of(endpoint),
    requestTimeoutMs: 1000,
    retry: false,
    redact: createRedactor([]),
  });
  return createExecution(createConnection({ api, scope, capabilities: transport.capabilities }));
}

async function observe(
  events: Observable<ExecutionEvent>,
): Promise<{ readonly events: readonly ExecutionEvent[]; readonly error: unknown }> {
  const seen = await lastValueFrom(events.pipe(materialize(), toArray()));
  return {
    events: seen.flatMap((notification) => (notification.kind === "N" ? [notification.value] : [])),
    error: seen.find((notification) => notification.kind === "E")?.error,
  };
}

const isTerminal = ({ type }: Record<string, unknown>): boolean => type === "error" || type === "execution_complete";

/** What the recorded frames say, told from the frames alone. */
function recordedEnd(frames: readonly Record<string, unknown>[]): {
  readonly frames: readonly Record<string, unknown>[];
  readonly end: "terminal" | "envelope" | "none";
} {
  const at = frames.findIndex((frame) => isTerminal(frame) || frame["type"] === undefined);
  if (at < 0) return { frames, end: "none" };
  return isTerminal(frames[at]!)
    ? { frames: frames.slice(0, at + 1), end: "terminal" }
    : { frames: frames.slice(0, at), end: "envelope" };
}

const all = ["execd/command", "execd/background", "execd/session", "execd/auth"].flatMap(exchanges);
const streams = all.filter(
  ({ method, path }) => method === "POST" && (path === "/command" || /^\/session\/[^/]+\/run$/.test(path)),
);
const started = streams.filter(({ status }) => status === 200);
const refused = streams.filter(({ status }) => status !== 200);

describe("commands and sessions on recorded answers", () => {
  it("covers what was recorded", () => {
    expect({ started: started.length, refused: refused.length }).toMatchInlineSnapshot(`
      {
        "refused": 24,
        "started": 135,
      }
    `);
  });

  it.each(started)("$name gives the recorded events and their end", async (exchange) => {
    const api = clientOver(exchange);
    const isSession = exchange.path.startsWith("/session");
    const run = isSession ? api.attachSession("s").run("recorded") : api.commands.run("recorded", { detached: true });
    const { events, error } = await observe(run);
    const recorded = recordedEnd(exchange.decoded!);
    // Long texts are kept as a digest in `decoded`; the decoder's own spec compares those.
    const comparable = recorded.frames.map((frame, index) =>
      "textSha256" in frame ? toWireEvent(events[index]!) : frame,
    );
    expect(events.map(toWireEvent)).toEqual(comparable);
    if (recorded.end === "terminal") {
      expect(error).toBeUndefined();
      const { end } = await lastValueFrom(
        clientOver(exchange).commands.run("recorded", { detached: true }).pipe(toExecution()),
      );
      const last = recorded.frames.at(-1)!["error"] as
        { readonly evalue: string; readonly traceback: readonly string[] } | undefined;
      const signal = last?.traceback?.[0]?.match(/^signal: (.*)$/)?.[1];
      if (last === undefined) expect(end).toEqual({ kind: "exited", exitCode: 0 });
      else if (last.evalue === "-1" && signal !== undefined)
        expect(end).toEqual({ kind: "signalled", signal, probablyTimedOut: false });
      else if (/^-?\d+$/.test(last.evalue)) expect(end).toEqual({ kind: "exited", exitCode: Number(last.evalue) });
      else expect(end).toMatchObject({ kind: "failed", error: { value: last.evalue } });
    } else if (recorded.end === "envelope") {
      expect(error).toMatchObject({
        code: /timeout/.test(JSON.stringify(exchange.decoded)) ? "execution-timed-out" : "execution-failed",
        serverCode: "RUNTIME_ERROR",
      });
    } else {
      expect(error).toMatchObject({ code: "stream-truncated", events: events.length });
    }
  });

  it.each(refused)("$name is refused with the recorded code", async (exchange) => {
    const api = clientOver(exchange);
    const run = exchange.path.startsWith("/session")
      ? api.attachSession("s").run("recorded")
      : api.commands.run("recorded");
    const { events, error } = await observe(run);
    const body = exchange.decoded?.[0] as { readonly code?: string } | undefined;
    expect(events).toEqual([]);
    expect(isSandboxError(error)).toBe(true);
    expect(error).toMatchObject({
      status: exchange.status,
      ...(body?.code !== undefined && { serverCode: body.code }),
    });
  });

  const statuses = all.filter(
    ({ method, path, status }) => method === "GET" && path.startsWith("/command/status/") && status === 200,
  );
  it.each(statuses)("$name gives the recorded status", async (exchange) => {
    const [recorded] = exchange.decoded!;
    const status = await lastValueFrom(clientOver(exchange).commands.getStatus("c"));
    const date = (text: unknown): Date | null => (typeof text === "string" ? new Date(text) : null);
    expect(status).toEqual({
      id: recorded!["id"],
      running: recorded!["running"],
      exitCode: recorded!["exit_code"] ?? null,
      error: recorded!["error"] ?? null,
      startedAt: date(recorded!["started_at"]),
      finishedAt: date(recorded!["finished_at"]),
      content: recorded!["content"] ?? null,
    });
  });

  const logs = all.filter(
    ({ method, path, status }) => method === "GET" && /^\/command\/[^/]+\/logs/.test(path) && status === 200,
  );
  it.each(logs)("$name gives the recorded text and cursor", async (exchange) => {
    const cursor = new URL(exchange.path, "http://x").searchParams.get("cursor");
    const answer = await lastValueFrom(
      clientOver(exchange).commands.getLogs("c", cursor === null || cursor === "" ? undefined : logCursor(cursor)),
    );
    const bytes = Buffer.concat(exchange.chunks);
    expect(bytes.toString("utf8").startsWith(answer.text)).toBe(true);
    expect(answer.text).toBe(bytes.toString("utf8"));
    expect(answer.cursor).toBe(exchange.headers["execd-commands-tail-cursor"]);
  });

  const failures: readonly (readonly [pattern: RegExp, call: (api: ExecutionApi) => Observable<unknown>])[] = [
    [/^GET \/command\/status\//, (api) => api.commands.getStatus("c")],
    [/^GET \/command\/[^/]+\/logs/, (api) => api.commands.getLogs("c")],
    [/^DELETE \/command\?id=./, (api) => api.commands.interrupt("c")],
    [/^DELETE \/session\//, (api) => api.attachSession("s").delete()],
    [/^POST \/session$/, (api) => api.createSession()],
  ];
  const failed = all
    .filter(({ status }) => status >= 400)
    .flatMap((exchange) => {
      const found = failures.find(([pattern]) => pattern.test(`${exchange.method} ${exchange.path}`));
      return found === undefined ? [] : [{ ...exchange, call: found[1] }];
    });
  it.each(failed)("$name errors as recorded", async ({ call, ...exchange }) => {
    const error = await lastValueFrom(call(clientOver({ ...exchange }))).catch((thrown: unknown) => thrown);
    const body = exchange.decoded?.[0] as { readonly code?: string } | undefined;
    expect(isSandboxError(error)).toBe(true);
    expect(error).toMatchObject({
      status: exchange.status,
      ...(body?.code !== undefined && { serverCode: body.code }),
    });
    if (exchange.status === 401) expect(error).toMatchObject({ code: "unauthorized" satisfies SandboxErrorCode });
  });

  const sessions = all.filter(({ method, path, status }) => method === "POST" && path === "/session" && status === 200);
  it.each(sessions)("$name gives the recorded session", async (exchange) => {
    const session = await lastValueFrom(clientOver(exchange).createSession());
    expect(session.id).toBe(exchange.decoded![0]!["session_id"]);
  });
});

const codeExchanges = exchanges("execd/code");
const codeRuns = codeExchanges.filter(({ method, path, body }) => method === "POST" && path === "/code" && isRun(body));

/** A target as the recorder's body names it; the body that has no code or is not JSON cannot be made by this client. */
function isRun(body: string | null): boolean {
  return body !== null && body.includes('"code"');
}

function runCode(api: ExecutionApi, body: string | null): Observable<ExecutionEvent> {
  const { context } = JSON.parse(body ?? "") as {
    readonly context?: { readonly id?: string; readonly language: string };
  };
  // Without a language it is a shell command, which this client sends as one.
  const { id, language = "command" } = context ?? {};
  return api.code.run("recorded", id === undefined ? { language } : { context: { id, language } });
}

describe("code on recorded answers", () => {
  it("covers what was recorded", () => {
    expect({ runs: codeRuns.length, all: codeExchanges.length }).toMatchInlineSnapshot(`
      {
        "all": 20,
        "runs": 7,
      }
    `);
  });

  it.each(codeRuns.filter(({ status }) => status === 200))(
    "$name gives the recorded events and their end",
    async (exchange) => {
      const { events, error } = await observe(runCode(clientOver(exchange), exchange.body));
      const recorded = exchange.decoded!.filter((frame) => frame["type"] !== undefined);
      expect(events.map(toWireEvent)).toEqual(recorded);
      expect(error).toBeUndefined();
      const { end } = await lastValueFrom(runCode(clientOver(exchange), exchange.body).pipe(toExecution()));
      const failure = recorded.find((frame) => frame["type"] === "error")?.["error"] as
        { readonly ename: string; readonly evalue: string } | undefined;
      if (failure === undefined) expect(end).toEqual({ kind: "exited", exitCode: 0 });
      else if (failure.ename === "CommandExecError")
        expect(end).toEqual({ kind: "exited", exitCode: Number(failure.evalue) });
      else expect(end).toMatchObject({ kind: "failed", error: { name: failure.ename, value: failure.evalue } });
    },
  );

  it.each(codeRuns.filter(({ status }) => status !== 200))("$name is refused as unsupported", async (exchange) => {
    const { events, error } = await observe(runCode(clientOver(exchange), exchange.body));
    expect(events).toEqual([]);
    expect(error).toMatchObject({
      code: "unsupported" satisfies SandboxErrorCode,
      status: exchange.status,
      serverCode: "RUNTIME_ERROR",
    });
  });

  const calls: readonly (readonly [
    pattern: RegExp,
    call: (api: ExecutionApi, exchange: Exchange) => Observable<unknown>,
  ])[] = [
    [/^GET \/code\/contexts$/, (api) => api.code.listContexts()],
    [/^GET \/code\/contexts\?language=./, (api, { path }) => api.code.listContexts({ language: path.split("=")[1]! })],
    [/^GET \/code\/contexts\/./, (api) => api.code.attachContext("nope")],
    [/^DELETE \/code\/contexts\?language=./, (api) => api.code.deleteContexts("python")],
    [/^DELETE \/code\/contexts\/./, (api) => api.code.deleteContext("nope")],
    [/^DELETE \/code\?id=./, (api) => api.code.interrupt("nope")],
  ];
  const called = codeExchanges.flatMap((exchange) => {
    const found = calls.find(([pattern]) => pattern.test(`${exchange.method} ${exchange.path}`));
    return found === undefined ? [] : [{ ...exchange, call: found[1] }];
  });
  it.each(called)("$name gives what was recorded", async ({ call, ...exchange }) => {
    const answer = await lastValueFrom(call(clientOver(exchange), exchange), { defaultValue: undefined }).catch(
      (thrown: unknown) => thrown,
    );
    if (exchange.status === 200) expect(answer).toEqual(exchange.method === "GET" ? exchange.decoded![0] : undefined);
    else
      expect(answer).toMatchObject({
        status: exchange.status,
        serverCode: exchange.decoded![0]!["code"],
        code: codeOf(exchange),
      });
  });

  function codeOf({ status, decoded }: Exchange): SandboxErrorCode {
    if (status === 404) return "not-found";
    return String(decoded![0]!["message"]).startsWith("unsupported language") ? "unsupported" : "server-error";
  }
});
