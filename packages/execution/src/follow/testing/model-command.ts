import type { Answer, ByteScript } from "@rxsandbox/testkit";
import { byteScript, cutInto, faults, type Chunking } from "@rxsandbox/testkit";

/** What happens to one request, whatever it asks for. */
export type RequestFault =
  | { readonly kind: "none" }
  /** The log: a clean end after so many bytes, where the head tells the length. */
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "reset"; readonly at: number }
  | { readonly kind: "stall"; readonly at: number }
  | { readonly kind: "refused" }
  | { readonly kind: "gateway"; readonly status: 502 | 503 | 504 };

/** How one request is answered. */
export interface RequestPlan {
  readonly fault: RequestFault;
  /** Milliseconds before the head. */
  readonly delayMs: number;
  /** Where the body is cut into chunks. */
  readonly chunking: Chunking;
}

/** A background command as a daemon knows it (`execd.md` 3.2), in the time of the timers. */
export interface ModelCommand {
  readonly log: Uint8Array;
  /** How far the log is from when on. */
  readonly growth: readonly { readonly atMs: number; readonly size: number }[];
  /** Unknown to status and log until then. */
  readonly registeredAtMs: number;
  readonly finishedAtMs: number;
  readonly exitCode: number;
  /** A browser cannot read the header across origins. */
  readonly hidesCursor: boolean;
}

const unknownStatus = { status: 404, json: { code: "INVALID_REQUEST_BODY", message: "command not found: c" } };
const unknownLog = { status: 400, json: { code: "INVALID_REQUEST_BODY", message: "command not found: c" } };

/** The routes of a daemon on which the command `c` was started at `startedAt`, by `performance.now()`. */
export function modelDaemon(command: ModelCommand, startedAt: number, nextPlan: () => RequestPlan) {
  const now = (): number => performance.now() - startedAt;
  const size = (): number => command.growth.reduce((most, { atMs, size }) => (atMs <= now() ? size : most), 0);

  const planned = (answer: (plan: RequestPlan) => Answer): Answer => {
    const plan = nextPlan();
    const { fault, delayMs } = plan;
    if (fault.kind === "refused") return { failure: "connect", delayMs };
    if (fault.kind === "gateway") return { status: fault.status, body: "Bad Gateway", delayMs };
    const given = answer(plan);
    return given === "silent" ? given : { ...given, delayMs };
  };

  const body = (bytes: Uint8Array, { fault, chunking }: RequestPlan): ByteScript => {
    const whole = byteScript(...cutInto(bytes, chunking));
    if (fault.kind === "cut" && !command.hidesCursor) return faults.cut(whole, fault.at);
    if (fault.kind === "reset") return faults.reset(whole, fault.at);
    if (fault.kind === "stall") return faults.stall(whole, fault.at);
    return whole;
  };

  return {
    "GET *\/command/c/logs": ({ query }: { readonly query: URLSearchParams }): Answer =>
      planned((plan) => {
        if (now() < command.registeredAtMs) return unknownLog;
        const from = Number(query.get("cursor"));
        const bytes = command.log.slice(from, size());
        const headers = command.hidesCursor
          ? { "content-length": String(bytes.length) }
          : { "execd-commands-tail-cursor": String(Math.max(from, size())) };
        return { headers, body: body(bytes, plan) };
      }),
    "GET *\/command/status/c": (): Answer =>
      planned(() => {
        if (now() < command.registeredAtMs) return unknownStatus;
        if (now() < command.finishedAtMs) return { json: { id: "c", running: true } };
        const { exitCode } = command;
        return {
          json: {
            id: "c",
            running: false,
            exit_code: exitCode,
            ...(exitCode > 0 && { error: `exit status ${exitCode}` }),
          },
        };
      }),
  };
}
