// @ts-check
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startReferenceServer } from "@rxsandbox/reference-server";
import { nameOf } from "./match-operation.mjs";

/** @typedef {import("@rxsandbox/protocol").ProtocolOperation} Operation */

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
/**
 * Bodies for the pool routes, which the recorded server reads before it answers 501 (pools are outside its Docker
 * runtime). @type {Readonly<Record<string, unknown>>}
 */
const bodies = {
  "POST /v1/pools": { name: "p", template: {}, capacitySpec: { bufferMax: 1, bufferMin: 0, poolMax: 1, poolMin: 0 } },
  "PUT /v1/pools/{name}": { capacitySpec: { bufferMax: 1, bufferMin: 0, poolMax: 1, poolMin: 0 } },
};
const ROUTE_MISSING = /^(?:404 page not found|\{"detail":"Not Found"\})\s*$/i;

/**
 * Asks a fresh embedded server for every operation with ids that do not exist. A route that is there answers anything
 * but the text of an unknown route, 405 and 501.
 * @param {readonly Operation[]} operations
 * @returns {Promise<ReadonlyMap<string, string>>} name of operation to `yes`, or to nothing where there is no such
 * route
 */
export async function probeServer(operations) {
  const stateDir = await mkdtemp(join(tmpdir(), "rxsandbox-coverage-"));
  const server = await startReferenceServer({ port: 0, stateDir, advertise: false, allowRoot: true });
  const base = `http://${server.domain}`;
  const key = { "OPEN-SANDBOX-API-KEY": server.apiKey };
  const json = { "Content-Type": "application/json" };
  try {
    const created = await fetch(`${base}/v1/sandboxes`, {
      method: "POST",
      headers: { ...key, ...json },
      body: JSON.stringify({
        image: { uri: "python:3.11" },
        entrypoint: ["sleep", "600"],
        timeout: 600,
        resourceLimits: {},
        networkPolicy: { defaultAction: "allow" },
        credentialProxy: { enabled: true },
      }),
    });
    const { id } = /** @type {{ id: string }} */ (await created.json());
    /** @param {number} port */
    const address = async (port) => {
      const answer = await fetch(`${base}/v1/sandboxes/${id}/endpoints/${port}?use_server_proxy=true`, {
        headers: key,
      });
      const { endpoint } = /** @type {{ endpoint: string }} */ (await answer.json());
      return `http://${endpoint}`;
    };
    const bases = { lifecycle: base, execd: await address(44_772), egress: await address(18_080) };
    /** @type {Map<string, string>} */
    const found = new Map();
    for (const operation of operations) {
      const path = operation.path.replace("{port}", "80").replaceAll(/\{\w+\}/g, UNKNOWN);
      const body =
        operation.method === "GET" || operation.method === "DELETE"
          ? {}
          : { body: JSON.stringify(bodies[nameOf(operation)] ?? {}) };
      const response = await fetch(`${bases[operation.api]}${path}`, {
        method: operation.method,
        headers: { ...key, ...json },
        ...body,
        signal: AbortSignal.timeout(10_000),
      });
      found.set(nameOf(operation), (await isServed(response)) ? "yes" : "");
    }
    return found;
  } finally {
    await server.close();
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** @param {Response} response */
async function isServed(response) {
  const { status } = response;
  // A stream that goes on has no end to wait for.
  const text = status === 404 ? await response.text() : "";
  await response.body?.cancel().catch(() => undefined);
  return status !== 405 && status !== 501 && !(status === 404 && ROUTE_MISSING.test(text));
}
