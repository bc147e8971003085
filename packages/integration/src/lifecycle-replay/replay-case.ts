import type { ReferenceServer } from "@rxsandbox/reference-server";
import { type Aliases, comparableBody } from "./comparable-body.js";
import { decodeAnswer, recordedBody } from "./decode-answer.js";
import { ECHO_SERVICE } from "./echo-service.js";
import type { ManualClock } from "./manual-clock.js";
import { type RawAnswer, rawRequest } from "./raw-request.js";
import { createdId, createdSnapshotId, earlierSandboxes, earlierSnapshots } from "./recorded-sandboxes.js";
import type { RecordedCase, RecordedStep } from "./transcript.js";

/** What a replay works with. */
export interface ReplayContext {
  readonly server: ReferenceServer;
  readonly clock: ManualClock;
  /** Stands for the recording's `/data/allowed/volume`. */
  readonly volumeDirectory: string;
}

/** What one server answered, reduced to what both must agree on. */
export interface StepResult {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** One step of a replay beside its recording. */
export interface ReplayedStep {
  readonly title: string;
  readonly recorded: StepResult;
  readonly actual: StepResult;
}

const RECORDED_VOLUME = "/data/allowed/volume";
/** A file in the home directory of the recorded sandboxes. */
const RECORDED_FILE = "/root/kept";
const HOME_FILE = "$HOME/kept";
const RECORDED_DOMAIN = "127.0.0.1:8080";
const RECORDED_TOKEN = "EGRESS-TOKEN-REPLACED-xxxxxxxxxx";
const COMPARED_HEADERS = [
  "allow",
  "location",
  "deprecation",
  "content-range",
  "access-control-allow-origin",
  "access-control-allow-methods",
  "access-control-max-age",
];
const PROXY_ROUTE = /^(\/v1)?\/sandboxes\/[^/]+\/proxy\/\d+(\/|\?|$)/;

/** The recorded date has no fraction, and the recorded server renews it once a second: the true time is later. */
const DATE_AGE_MS = 1400;

/** How long a snapshot takes at least where the server has the fault `snapshot-slow`. */
const SNAPSHOT_MS = 200;

/** Moments and the short id of a container, in texts. */
const ENGINE_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/, "<time>"],
  [/(?<=Container( ID)?: +)[0-9a-f]{12}\b/, "<container>"],
];

/** Enough for a main process that cannot start to be known as ended. */
const MAIN_START_MS = 200;

/** Cases whose processes need the recorded pauses between the steps; all others are replayed without waiting. */
const REAL_TIME = new Set(["lifecycle/state/main-process-exits", "lifecycle/proxy/disconnect"]);

/** Steps that were sent in chunks, which the recording does not say. */
const CHUNKED = new Set(["lifecycle/proxy/bodies 1", "lifecycle/proxy/bodies 4"]);

/** Sends a recorded case to a server, with new ids, and returns both sides of every step. */
export async function replayCase(recorded: RecordedCase, context: ReplayContext): Promise<readonly ReplayedStep[]> {
  const { server, clock } = context;
  const baseMs = recordedStartMs(recorded);
  clock.set(baseMs - 2000);
  const ids = new Map<string, string>();
  const tokens = new Map<string, string>();
  for (const sandbox of earlierSandboxes(recorded)) {
    clock.set(clock.now() + 100);
    const id = await create(context, sandbox.body);
    ids.set(sandbox.recordedId, id);
    if (sandbox.isPaused) await call(server, "POST", `/v1/sandboxes/${id}/pause`);
    if (recorded.steps.some((step) => step.request.path.includes("/proxy/9000"))) await startEchoService(server, id);
    if (recorded.steps.some((step) => step.request.body?.includes(RECORDED_FILE)))
      await call(server, "POST", `/v1/sandboxes/${id}/proxy/44772/command`, { command: `printf kept > ${HOME_FILE}` });
  }
  for (const { recordedId, sandboxId, name } of earlierSnapshots(recorded)) {
    const answer = await call(server, "POST", `/v1/sandboxes/${ids.get(sandboxId) ?? sandboxId}/snapshots`, { name });
    ids.set(recordedId, (JSON.parse(answer.text) as { readonly id: string }).id);
    clock.set(clock.now() + 2 * SNAPSHOT_MS);
    await settleSnapshots(context);
  }
  const startedAt = performance.now();
  const steps: ReplayedStep[] = [];
  for (const [index, step] of recorded.steps.entries()) {
    clock.set(baseMs + step.startMs);
    if (REAL_TIME.has(recorded.id)) await delay(sendingTimeMs(step) - (performance.now() - startedAt));
    await settle(server, step, ids);
    if (recorded.id.includes("/snapshots/")) await settleSnapshots(context);
    const answer = await send(step, `${recorded.id} ${index}`, context, ids, tokens);
    const actualBody = decodeAnswer(answer);
    const snapshotIds = [step.decoded?.[0], actualBody].map((body) => createdSnapshotId(step.request, body));
    if (snapshotIds[0] !== undefined && snapshotIds[1] !== undefined) ids.set(snapshotIds[0], snapshotIds[1]);
    const recordedId = createdId(step.request, step.decoded?.[0]);
    const actualId = createdId(step.request, actualBody);
    if (recordedId !== undefined && actualId !== undefined) ids.set(recordedId, actualId);
    const session = [step.decoded?.[0], actualBody].map(
      (body) => (body as { readonly session_id?: string } | undefined)?.session_id,
    );
    if (REAL_TIME.has(recorded.id) && recordedId !== undefined) await delay(MAIN_START_MS);
    if (session[0] !== undefined && session[1] !== undefined) ids.set(session[0], session[1]);
    if (actualId !== undefined && recordedId === undefined) await call(server, "DELETE", `/v1/sandboxes/${actualId}`);
    steps.push(compare(step, `${index} ${step.request.method} ${step.request.path}`, answer, actualBody, context, ids));
  }
  return steps;
}

/** A recorded create took half a second before its main process ran; the pauses count from there. */
function sendingTimeMs(step: RecordedStep): number {
  const isCreate = step.request.method === "POST" && step.request.path === "/v1/sandboxes";
  return step.startMs * 1.05 + (isCreate ? 400 : 0);
}

function compare(
  step: RecordedStep,
  title: string,
  answer: RawAnswer,
  actualBody: unknown,
  context: ReplayContext,
  ids: ReadonlyMap<string, string>,
): ReplayedStep {
  const isStream = String(step.response.headers["content-type"] ?? "").startsWith("text/event-stream");
  const isHead = step.response.end === "client";
  const recordedAliases: Aliases = {
    replacements: [
      ...(step.request.path.includes("/diagnostics/") ? ENGINE_TEXTS : []),
      [RECORDED_DOMAIN, "<server>"],
      [/^127\.0\.0\.1:\d+\/proxy\//, "<direct>/proxy/"],
      [/172\.17\.0\.\d+/, "<sandbox>"],
    ],
  };
  const actualAliases: Aliases = {
    replacements: [
      ...(step.request.path.includes("/diagnostics/") ? ENGINE_TEXTS : []),
      ...[...ids].map(([recorded, actual]) => [actual, recorded] as const),
      [context.volumeDirectory, RECORDED_VOLUME],
      [context.server.domain, "<server>"],
      [new RegExp(`^${context.server.directAddress}/[^/]+/[^/]+/proxy/`), "<direct>/proxy/"],
      [/endpoint='sandbox:/, "endpoint='<sandbox>:"],
    ],
  };
  const headers = (all: Readonly<Record<string, unknown>>, aliases: Aliases) =>
    Object.fromEntries(
      COMPARED_HEADERS.flatMap((name) =>
        step.response.headers[name] === undefined ? [] : [[name, comparableBody(all[name], aliases)]],
      ),
    );
  return {
    title,
    recorded: {
      status: step.response.status,
      headers: headers(step.response.headers, recordedAliases),
      body: isHead ? undefined : comparableBody(recordedBody(step.decoded, isStream), recordedAliases),
    },
    actual: {
      status: answer.status,
      headers: headers(answer.headers, actualAliases),
      body: isHead ? undefined : comparableBody(actualBody, actualAliases),
    },
  };
}

async function send(
  step: RecordedStep,
  key: string,
  context: ReplayContext,
  ids: ReadonlyMap<string, string>,
  tokens: Map<string, string>,
): Promise<RawAnswer> {
  const { request } = step;
  const isProxied = PROXY_ROUTE.test(request.path) && !/\.\.|%2e/i.test(request.path);
  const rename = (text: string): string => {
    const renamed = [...ids].reduce((result, [recorded, actual]) => result.replaceAll(recorded, actual), text);
    return renamed
      .replaceAll(RECORDED_FILE, HOME_FILE)
      .replaceAll(RECORDED_VOLUME, context.volumeDirectory)
      .replaceAll("<valid key>", context.server.apiKey);
  };
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, rename(value)]));
  if (headers["OPENSANDBOX-EGRESS-AUTH"] === RECORDED_TOKEN) {
    headers["OPENSANDBOX-EGRESS-AUTH"] = await egressToken(context.server, rename(request.path), tokens);
  }
  // The recorded server opens its proxy to everybody who knows an id; this one asks for the key (L26), which the
  // security specs cover. Here the proxied answer is what matters.
  if (request.auth === "valid" || isProxied) headers["OPEN-SANDBOX-API-KEY"] = context.server.apiKey;
  else if (request.auth === "wrong") headers["OPEN-SANDBOX-API-KEY"] = "a-wrong-key-of-some-length";
  return rawRequest({
    domain: context.server.domain,
    method: request.method,
    path: rename(request.path),
    headers,
    body: request.body === null ? null : rename(request.body),
    isChunked: CHUNKED.has(key),
    isBodyUnwanted: step.response.end === "client",
    ...(step.response.status === 0 ? { headTimeoutMs: 400 } : {}),
  });
}

async function egressToken(server: ReferenceServer, path: string, tokens: Map<string, string>): Promise<string> {
  const id = /\/sandboxes\/([^/]+)\//.exec(path)?.[1] ?? "";
  const known = tokens.get(id);
  if (known !== undefined) return known;
  const answer = await call(server, "GET", `/v1/sandboxes/${id}/endpoints/18080`);
  const body = JSON.parse(answer.text) as { readonly headers?: Readonly<Record<string, string>> };
  const token = body.headers?.["OPENSANDBOX-EGRESS-AUTH"] ?? "";
  tokens.set(id, token);
  return token;
}

/** Removal and the end of a main process take real time, which the recorded steps waited for by polling. */
async function settle(server: ReferenceServer, step: RecordedStep, ids: ReadonlyMap<string, string>): Promise<void> {
  const id = ids.get(/\/sandboxes\/([^/?]+)/.exec(step.request.path)?.[1] ?? "");
  const expectsEnd =
    step.response.status === 404 || /CONTAINER_EXITED|Status: +exited/.test(JSON.stringify(step.decoded ?? ""));
  if (id === undefined || !expectsEnd) return;
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await call(server, "GET", `/v1/sandboxes/${id}`);
    if (answer.status === 404 || /Terminated|code (?!137)\d+/.test(answer.text)) return;
    await delay(20);
  }
}

/** Copying takes real time: waits for those snapshots whose time on the server's clock is over. */
export async function settleSnapshots({ server, clock }: Pick<ReplayContext, "server" | "clock">): Promise<void> {
  for (let attempt = 0; attempt < 250; attempt++) {
    const list = await call(server, "GET", "/v1/snapshots?state=Creating&pageSize=200");
    const { items } = JSON.parse(list.text) as { readonly items: readonly { readonly createdAt: string }[] };
    if (!items.some(({ createdAt }) => Date.parse(createdAt) + SNAPSHOT_MS <= clock.now())) return;
    await delay(10);
  }
  throw new Error("a snapshot is not finished");
}

async function create(context: ReplayContext, body: unknown): Promise<string> {
  const answer = await call(context.server, "POST", "/v1/sandboxes", body);
  return (JSON.parse(answer.text) as { readonly id: string }).id;
}

async function startEchoService(server: ReferenceServer, id: string): Promise<void> {
  const base = `/v1/sandboxes/${id}/proxy`;
  const script = Buffer.from(ECHO_SERVICE).toString("base64");
  await call(server, "POST", `${base}/44772/command`, {
    command: `echo ${script} | base64 -d > /tmp/echo.cjs; exec node /tmp/echo.cjs`,
    background: true,
  });
  for (let attempt = 0; attempt < 200; attempt++) {
    if ((await call(server, "GET", `${base}/9000/ready`)).status === 200) return;
    await delay(25);
  }
  throw new Error("the echo service did not start");
}

function call(server: ReferenceServer, method: string, path: string, body?: unknown): Promise<RawAnswer> {
  return rawRequest({
    domain: server.domain,
    method,
    path,
    headers: {
      "OPEN-SANDBOX-API-KEY": server.apiKey,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

function recordedStartMs(recorded: RecordedCase): number {
  const dated = recorded.steps.find((step) => step.response.headers["date"] !== undefined);
  const date = dated?.response.headers["date"];
  const atMs = Date.parse(typeof date === "string" ? date : (date?.[0] ?? ""));
  return Number.isNaN(atMs) ? Date.UTC(2026, 10, 23, 8) : atMs - (dated?.startMs ?? 0) + DATE_AGE_MS;
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}
