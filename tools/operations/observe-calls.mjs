// @ts-check
import { isObservable, lastValueFrom, takeUntil, timer } from "rxjs";
import { createTestTransport } from "@rxsandbox/testkit";
import { matchOperation, nameOf } from "./match-operation.mjs";

/** @typedef {import("@rxsandbox/protocol").ProtocolOperation} Operation */
/**
 * A public call by its name; gets what it is a member of.
 * @template T
 * @typedef {Readonly<Record<string, (target: T) => unknown>>} Calls
 */

const LONGEST_CALL_MS = 1500;
/** The look-up that precedes a call to the daemon or the sidecar. */
const PREPARATION = /\/endpoints\/(?:44772|18080)$/;
const info = { id: "s", status: { state: "Running" }, createdAt: "2026-11-23T02:03:37Z" };

/**
 * Answers what every call needs first; everything else gets `{}`, which most calls refuse after they have sent what
 * they send.
 */
export function recordingTransport() {
  return createTestTransport({
    "POST /v1/sandboxes": { status: 202, json: info },
    "GET /v1/sandboxes/:id": { json: info },
    "GET /v1/sandboxes/:id/endpoints/:port": ({ params }) => ({
      json: { endpoint: `box.test/port-${params["port"]}` },
    }),
    "GET */ping": {},
    "POST */v1/isolated/session": { status: 201, json: { session_id: "s", created_at: "2026-11-23T02:03:37Z" } },
    "GET */v1/isolated/session/:id": { json: { session_id: "s", status: "active" } },
    "GET */pty/:id": { json: { session_id: "s", running: true, output_offset: 0 } },
  });
}

/**
 * Makes every call and tells which operations it sent, the look-up of an address left out where it is not the call
 * itself.
 * @template T
 * @param {ReturnType<typeof recordingTransport>} transport
 * @param {T} target
 * @param {Calls<T>} calls
 * @param {readonly Operation[]} operations
 * @returns {Promise<ReadonlyMap<string, readonly string[]>>} names of calls to names of operations
 */
export async function observeCalls(transport, target, calls, operations) {
  /** @type {Map<string, readonly string[]>} */
  const observed = new Map();
  for (const [name, call] of Object.entries(calls)) {
    const before = transport.requests.length;
    const sockets = transport.socketRequests.length;
    await settle(call, target);
    const urls = [
      ...transport.requests.slice(before).map(({ method, url }) => ({ method, url })),
      ...transport.socketRequests.slice(sockets).map(({ url }) => ({ method: "GET", url: url.replace(/^ws/, "http") })),
    ];
    const sent = urls.flatMap(({ method, url }) => {
      const { pathname } = new URL(url);
      const found = PREPARATION.test(pathname)
        ? undefined
        : matchOperation(operations, method, pathname.replace(/^\/port-\d+/, ""));
      return found === undefined ? [] : [nameOf(found)];
    });
    observed.set(name, [...new Set(sent)]);
  }
  return observed;
}

/**
 * @template T
 * @param {(target: T) => unknown} call
 * @param {T} target
 */
async function settle(call, target) {
  try {
    const result = call(target);
    if (isObservable(result))
      await lastValueFrom(result.pipe(takeUntil(timer(LONGEST_CALL_MS))), { defaultValue: undefined });
    else if (typeof result === "object" && result !== null && Symbol.asyncIterator in result) {
      const iterator = /** @type {AsyncIterable<unknown>} */ (result)[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.return?.();
    } else await result;
  } catch {
    // The answers are not made for the call: what it sent is what counts.
  }
}
