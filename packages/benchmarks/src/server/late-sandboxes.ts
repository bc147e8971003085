import { emptyAnswer, jsonAnswer } from "./json-answer.js";

/** Id of a sandbox whose daemon answers so many milliseconds after somebody asks for the sandbox first. */
export function lateSandboxId(readyAfterMs: number, index: number): string {
  return `late-${Math.round(readyAfterMs)}-${index}`;
}

/** What the server saw of those who wait. */
export interface LateStats {
  /** Sandboxes whose daemon answered a probe. */
  readonly found: number;
  /** The time from ready to the first probe that was answered, as a share of the waiting time; the mean. */
  readonly lostShare: number;
  readonly probes: number;
  /** Probes in the five seconds before the first sandbox became ready. */
  readonly probesInLastSeconds: number;
}

/** Sandboxes that become ready while somebody waits. */
export interface LateSandboxes {
  /** The answer to a request for one of them; `undefined` for any other. */
  answer(method: string, path: string): Buffer | undefined;
  stats(): LateStats;
  reset(): void;
}

const LAST_MS = 5000;
// With a body, since the official SDK takes an error without one for an answer.
const refused = jsonAnswer({ detail: "not ready" }, "503 Service Unavailable");
const pong = emptyAnswer();
const path = /\/(late-(\d+)-\d+)(\/.*)?$/;

/** Creates them; their daemons answer below `/late-…` at `domain`. */
export function createLateSandboxes(domain: string): LateSandboxes {
  const sandboxes = new Map<string, { readonly readyAt: number; readonly waitMs: number; foundAt?: number }>();
  let probes: number[] = [];

  function ping(id: string, waitMs: number): Buffer {
    const sandbox = known(id, waitMs);
    const now = performance.now();
    probes.push(now);
    if (now < sandbox.readyAt) return refused;
    sandbox.foundAt ??= now;
    return pong;
  }

  function known(id: string, waitMs: number): { readonly readyAt: number; foundAt?: number } {
    const sandbox = sandboxes.get(id) ?? { readyAt: performance.now() + waitMs, waitMs };
    sandboxes.set(id, sandbox);
    return sandbox;
  }

  return {
    answer(method, target) {
      const [, id, wait, rest] = path.exec(target.split("?", 1)[0] ?? "") ?? [];
      if (method !== "GET" || id === undefined) return undefined;
      if (!target.startsWith("/v1/")) return ping(id, Number(wait));
      known(id, Number(wait));
      if (rest !== undefined) return jsonAnswer({ endpoint: `${domain}/${id}` });
      return jsonAnswer({
        id,
        image: { uri: "python:3.11" },
        status: { state: "Running" },
        metadata: {},
        entrypoint: ["tail"],
        createdAt: "2026-11-23T02:03:37.325529Z",
      });
    },
    stats() {
      const found = [...sandboxes.values()].filter(({ foundAt }) => foundAt !== undefined);
      const shares = found.map(({ foundAt = 0, readyAt, waitMs }) => (foundAt - readyAt) / waitMs);
      const firstReady = Math.min(...[...sandboxes.values()].map(({ readyAt }) => readyAt));
      return {
        found: found.length,
        lostShare: shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length),
        probes: probes.length,
        probesInLastSeconds: probes.filter((at) => at < firstReady && at >= firstReady - LAST_MS).length,
      };
    },
    reset() {
      sandboxes.clear();
      probes = [];
    },
  };
}
