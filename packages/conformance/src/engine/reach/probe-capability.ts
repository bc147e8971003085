import type { Capability } from "../../model/check.js";
import type { CheckContext } from "../../model/check-context.js";
import type { CallRequest, Endpoint } from "../../model/endpoint.js";
import { vaultSidecar } from "../../checks/vault/vault-sidecar.js";
import { objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";

/** What a probe found. */
export interface ProbeResult {
  readonly isPresent: boolean;
  readonly how: string;
}

type Reach = (context: CheckContext) => Promise<Endpoint>;

const lifecycle: Reach = (context) => Promise.resolve(context.lifecycle);
const execd: Reach = (context) => context.execd();
const egress: Reach = (context) => context.egress();

/** The create or list route of each capability; what answers there decides (`docs/conformance.md`, "Capabilities"). */
const routes: Readonly<Partial<Record<Capability, readonly [Reach, CallRequest]>>> = {
  sessions: [
    execd,
    { method: "POST", path: "/session", json: {}, captures: [{ name: "session", from: "json:/session_id" }] },
  ],
  files: [execd, { method: "GET", path: "/files/info" }],
  metrics: [execd, { method: "GET", path: "/metrics" }],
  terminal: [
    execd,
    { method: "POST", path: "/pty", json: {}, captures: [{ name: "terminal", from: "json:/session_id" }] },
  ],
  // Never by creating a context: without a language runtime that hangs (`divergences.md` X28).
  // The first run starts the kernel, which takes a real daemon up to 14 s on a busy machine. The answer is read to its
  // end: a run that is left keeps its context busy.
  code: [
    execd,
    { method: "POST", path: "/code", json: { context: { language: "python" }, code: "1" }, idleMs: 60_000 },
  ],
  egress: [egress, { method: "GET", path: "/policy" }],
  // A body that no vault takes: what a sidecar without vault answers comes before it is read.
  vault: [vaultSidecar, { method: "POST", path: "/credential-vault", json: { credentials: "none" } }],
  snapshots: [lifecycle, { method: "GET", path: "/v1/snapshots?pageSize=1" }],
  pause: [lifecycle, { method: "POST", path: "/v1/sandboxes/00000000-0000-4000-8000-000000000000/pause" }],
};

/** Asks the subject for one capability; a capability without a route is there. */
export async function probeCapability(capability: Capability, context: CheckContext): Promise<ProbeResult> {
  const [reach, request] = routes[capability] ?? [];
  if (reach === undefined || request === undefined) return { isPresent: true, how: "not probed" };
  const endpoint = await reach(context);
  const answer = await endpoint.call(request);
  const how = `${request.method} ${request.path.split("?")[0] ?? ""} answered ${statusOf(answer)}`;
  await undo(capability, endpoint, answer);
  return { isPresent: !isAbsent(answer), how };
}

async function undo(capability: Capability, endpoint: Endpoint, answer: WireExchange): Promise<void> {
  const id = objectOf(answer)["session_id"];
  if (typeof id !== "string") return;
  const path = capability === "sessions" ? `/session/${id}` : `/pty/${id}`;
  // Best effort: the sandbox of the run goes anyway.
  await endpoint.call({ method: "DELETE", path }).catch(() => undefined);
}

/** Whether an answer says that the route or the feature does not exist: nothing else does. */
export function isAbsent(answer: WireExchange): boolean {
  const status = statusOf(answer);
  if (status === 404) return typeof objectOf(answer)["code"] !== "string" && !/not found\s*$/i.test(vaultText(answer));
  if (status === 405 || status === 501 || status === 503 || status === 412 || status === 426) return true;
  const text = textOf(answer);
  if (status === 400) return /not.?supported/i.test(text);
  return status === 500 && /not configured/i.test(text);
}

/** `credential vault not found` is an empty vault, not a missing one (`egress.md` 4.2). */
function vaultText(answer: WireExchange): string {
  const text = textOf(answer).trim();
  return text.startsWith("credential vault") ? text : "";
}
