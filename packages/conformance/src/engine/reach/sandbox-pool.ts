import type { Group } from "../../model/check.js";
import type { SandboxWishes } from "../../model/check-context.js";
import type { CallRequest, Endpoint } from "../../model/endpoint.js";
import { Blocked, NoAnswer, Unverifiable } from "../../model/outcome.js";
import { type FixtureRecord, type Recorder, recorder } from "../run/recorder.js";
import { secretSymbols } from "../../model/sandbox-setup.js";
import type { LifecycleAddress } from "../../model/subject.js";
import { objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";
import { createRequest } from "./create-request.js";
import { makeEndpoint } from "./make-endpoint.js";
import { pause } from "../run/pause.js";
import type { RunState } from "../run/run-state.js";

/** Where something inside a sandbox is reached. */
export interface InnerAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that whatever is in between needs; anonymous requests have them too. */
  readonly transport?: Readonly<Record<string, string>>;
  readonly symbol: string;
}

/** A sandbox of the run, with the operations that made it. */
export interface PooledSandbox {
  readonly id: string;
  readonly created: Readonly<Record<string, unknown>>;
  readonly execd: InnerAddress;
  readonly egress: InnerAddress | undefined;
  readonly fixture: FixtureRecord;
}

/** The sandboxes of a run: created one after another through the API under test, shared where a check allows it. */
export interface SandboxPool {
  obtain(group: Group, wishes: SandboxWishes): Promise<PooledSandbox>;
  /** How many were created. */
  readonly createdCount: number;
}

/** What a pool works with. */
export interface SandboxPoolParts {
  readonly state: RunState;
  readonly address: LifecycleAddress;
  readonly headers: Readonly<Record<string, string>>;
  readonly onAnswer: (request: CallRequest, exchange: WireExchange) => void;
  /** Most creates of the run. */
  readonly limit: number;
}

/** A shared sandbox is replaced before its endpoint has had as many requests as it bears. */
const ROTATE_AFTER_REQUESTS = 1_200;
const READY_WITHIN_MS = 60_000;
/** A server on which so many fixtures fail will not make the next one either; waiting for each would take hours. */
const MAX_FAILURES_IN_A_ROW = 3;

/** Groups with one name here share sandboxes, and in a quick run all of them: creates are dear on a real server. */
const POOLS: Readonly<Record<Group, string>> = {
  lifecycle: "lifecycle",
  commands: "commands",
  sessions: "interactive",
  terminals: "interactive",
  files: "files",
  daemon: "files",
  code: "files",
  policy: "policy",
  vault: "policy",
  rules: "none",
};

/** Makes the pool of a run. */
export function sandboxPool(parts: SandboxPoolParts): SandboxPool {
  const { state } = parts;
  const shared = new Map<string, Promise<PooledSandbox>>();
  // One after another: a real server stands still while it creates (`measured.md` 1.2).
  const lanes: Promise<unknown>[] = Array.from({ length: parts.address.parallelCreates ?? 1 }, () => Promise.resolve());
  let createdCount = 0;
  let failuresInARow = 0;

  const create = (wishes: SandboxWishes): Promise<PooledSandbox> => {
    if (createdCount >= parts.limit)
      return Promise.reject(new Unverifiable(`a run of this depth creates at most ${parts.limit} sandboxes`));
    const lane = createdCount++ % lanes.length;
    const turn = (lanes[lane] ?? Promise.resolve()).then(() => {
      if (failuresInARow >= MAX_FAILURES_IN_A_ROW)
        throw new Blocked(`creating sandboxes (${failuresInARow} failed one after another)`);
      return createSandbox(parts, wishes);
    });
    lanes[lane] = turn.then(
      () => (failuresInARow = 0),
      () => failuresInARow++,
    );
    return turn;
  };

  return {
    get createdCount() {
      return createdCount;
    },
    async obtain(group, wishes) {
      if (wishes.isExclusive === true) return create(wishes);
      const pool = wishes.fields?.["networkPolicy"] === undefined && state.depth !== "quick" ? POOLS[group] : "any";
      const key = JSON.stringify([pool, wishes.fields ?? {}]);
      let found = shared.get(key);
      const ready = await found?.catch(() => undefined);
      if (
        ready !== undefined &&
        state.budget.spent(ready.execd.url) >= ROTATE_AFTER_REQUESTS &&
        shared.get(key) === found
      ) {
        shared.delete(key);
        found = undefined;
      }
      found = shared.get(key) ?? create(wishes);
      shared.set(key, found);
      return found;
    },
  };
}

async function createSandbox(parts: SandboxPoolParts, wishes: SandboxWishes): Promise<PooledSandbox> {
  const { state, address } = parts;
  const notes = recorder(state.now, state.nextSymbol);
  for (const value of Object.values(parts.headers)) notes.name(value, "$key");
  for (const [value, symbol] of secretSymbols(address)) notes.name(value, symbol);
  const lifecycle = makeEndpoint({
    ...parts,
    name: "lifecycle",
    access: state.access,
    url: trimSlash(address.url),
    symbol: "$lifecycle",
    recorder: notes,
    budget: state.budget,
    now: state.now,
  });
  try {
    const fields = wishes.fields ?? {};
    const answer = await lifecycle.call({
      method: "POST",
      path: "/v1/sandboxes",
      json: createRequest(address, state.id, fields),
      captures: [{ name: "sandbox", from: "json:/id" }],
    });
    const created = objectOf(answer);
    const { id } = created;
    if (statusOf(answer) < 200 || statusOf(answer) >= 300 || typeof id !== "string") {
      throw new Blocked(
        `creating a sandbox (status ${statusOf(answer)}: ${state.secrets.redact(textOf(answer)).slice(0, 200)})`,
      );
    }
    await awaitRunning(lifecycle, id, state);
    const execd = await innerAddress(parts, lifecycle, notes, id, 44772);
    const egress =
      fields["networkPolicy"] === undefined ? undefined : await innerAddress(parts, lifecycle, notes, id, 18080);
    await awaitAnswering(parts, notes, execd, "execd", "/ping");
    if (egress !== undefined) await awaitAnswering(parts, notes, egress, "egress", "/healthz");
    return { id, created, execd, egress, fixture: { record: notes.record, symbols: notes.symbols } };
  } catch (error) {
    if (error instanceof NoAnswer) throw new Blocked(`creating a sandbox (${error.message})`);
    throw error;
  } finally {
    lifecycle.close();
  }
}

async function awaitRunning(lifecycle: Endpoint, id: string, state: RunState): Promise<void> {
  const deadline = state.now() + READY_WITHIN_MS;
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 1.5, 1_000)) {
    const status = objectOf(await lifecycle.call({ method: "GET", path: `/v1/sandboxes/${id}` }))["status"] as
      { readonly state?: unknown } | undefined;
    if (status?.state === "Running") return;
    if (status?.state === "Failed" || status?.state === "Terminated")
      throw new Blocked(`a new sandbox became ${status.state}`);
    if (state.now() > deadline)
      throw new Blocked(`a new sandbox did not become Running in ${READY_WITHIN_MS / 1000} s`);
    await pause(waitMs, state.signal);
  }
}

async function innerAddress(
  parts: SandboxPoolParts,
  lifecycle: Endpoint,
  notes: Recorder,
  id: string,
  port: number,
): Promise<InnerAddress> {
  const { state, address } = parts;
  const path = `/v1/sandboxes/${id}/endpoints/${port}${state.access === "proxy" ? "?use_server_proxy=true" : ""}`;
  const name = port === 18080 ? "egress" : "execd";
  const answer = await lifecycle.call({ method: "GET", path, captures: [{ name, from: "json:/endpoint" }] });
  const { endpoint, headers = {} } = objectOf(answer);
  if (typeof endpoint !== "string") throw new Blocked(`the endpoint of port ${port} (status ${statusOf(answer)})`);
  const symbol = notes.symbols.get(endpoint) ?? state.nextSymbol(name);
  // A server may want its key on its own proxy too; one that does not, keeps it from the sandbox (`divergences.md` L26,
  // `lifecycle.md` 9).
  const transport = state.access === "proxy" ? parts.headers : {};
  const own = headers as Readonly<Record<string, string>>;
  for (const value of Object.values(own)) {
    state.secrets.add(value);
    if (!notes.symbols.has(value)) notes.name(value, state.nextSymbol("token"));
  }
  // At the root of a sandbox's address is the daemon; its sidecar is behind the daemon's proxy.
  const rooted =
    state.access === "root" && name === "execd" ? endpoint.replace(new RegExp(`/proxy/${port}$`), "") : endpoint;
  return { url: `${new URL(address.url).protocol}//${rooted}`, headers: own, transport, symbol };
}

async function awaitAnswering(
  parts: SandboxPoolParts,
  notes: Recorder,
  address: InnerAddress,
  name: "execd" | "egress",
  path: string,
): Promise<void> {
  const { state } = parts;
  const endpoint = makeEndpoint({
    name,
    access: state.access,
    ...address,
    recorder: notes,
    budget: state.budget,
    now: state.now,
  });
  const deadline = state.now() + READY_WITHIN_MS;
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 2_000)) {
    const answer = await endpoint.open({ method: "GET", path }).finished;
    if (statusOf(answer) === 200) return;
    if (state.now() > deadline)
      throw new Blocked(`${name} of a new sandbox did not answer in ${READY_WITHIN_MS / 1000} s`);
    await pause(waitMs, state.signal);
  }
}

function trimSlash(url: string): string {
  return url.replace(/\/$/, "");
}
