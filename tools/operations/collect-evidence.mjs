// @ts-check
import { clientCalls } from "./client-calls.mjs";
import { compatCalls } from "./compat-calls.mjs";
import { countEvidence } from "./count-evidence.mjs";
import { observeCalls } from "./observe-calls.mjs";
import { probeServer } from "./probe-server.mjs";

/** @typedef {import("@rxsandbox/protocol").ProtocolOperation} Operation */
/** @typedef {import("./coverage-document.mjs").Evidence} Evidence */

/**
 * Looks at what the built packages do.
 * @param {string} root
 * @param {readonly Operation[]} operations
 * @returns {Promise<Evidence>}
 */
export async function collectEvidence(root, operations) {
  const [client, compat, server] = await Promise.all([
    observe(clientCalls, operations),
    observe(compatCalls, operations),
    probeServer(operations),
  ]);
  return { client, compat, server, tests: countEvidence(root, operations) };
}

/**
 * @param {typeof clientCalls} make
 * @param {readonly Operation[]} operations
 */
async function observe(make, operations) {
  const { transport, calls, close } = await make();
  const observed = await observeCalls(transport, undefined, calls, operations);
  await close();
  return observed;
}
