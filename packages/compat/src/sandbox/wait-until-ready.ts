import { isSandboxError, type SandboxInfo as ClientInfo } from "@rxsandbox/client";
import { waitUntilReady as probe } from "@rxsandbox/lifecycle";
import { catchError, defer, from, lastValueFrom, of, throwError, type Observable } from "rxjs";
import type { ConnectionConfig } from "../connection/connection-config.js";
import { DEFAULT_READY_TIMEOUT_SECONDS } from "../constants.js";
import { SandboxReadyTimeoutException } from "../errors/exceptions.js";
import { toException } from "../errors/to-exception.js";
import type { ExecdHealth } from "../models/health.js";
import type { SandboxId, SandboxInfo } from "../models/lifecycle.js";
import type { SandboxReadyOptions } from "./sandbox-options.js";

/** What waiting needs of a sandbox: public members, and of a fake only the first two. */
export interface WaitingSandbox {
  readonly connectionConfig: Pick<ConnectionConfig, "domain" | "useServerProxy">;
  readonly health: ExecdHealth;
  readonly id?: SandboxId;
  readonly sandboxes?: { getSandbox(id: SandboxId): Promise<SandboxInfo> };
}

/** How long and by what to wait. */
export interface WaitOptions<S extends WaitingSandbox> extends Pick<
  SandboxReadyOptions,
  "readyTimeoutSeconds" | "healthCheckPollingInterval"
> {
  readonly healthCheck?: ((sandbox: S) => boolean | Promise<boolean>) | undefined;
  /** What is known about the state. */
  readonly status?: SandboxInfo["status"] | undefined;
}

/** The official loop tries once even when no time is given. */
const SHORTEST_WAIT_SECONDS = 0.2;

/**
 * Probes until the sandbox answers; the state is read again after a probe that failed.
 *
 * Rejects with `SandboxReadyTimeoutException` and the official text (`sdk-behaviour.md` 4), and at once for a sandbox
 * that has failed or is unknown and where the server refuses the key. Whatever else a probe or `getSandbox` throws
 * means "not yet".
 */
export async function waitUntilReady<S extends WaitingSandbox>(sandbox: S, options: WaitOptions<S>): Promise<void> {
  const {
    healthCheck,
    healthCheckPollingInterval,
    readyTimeoutSeconds = DEFAULT_READY_TIMEOUT_SECONDS,
    status = { state: "Unknown" },
  } = options;
  const { id = "unnamed", sandboxes } = sandbox;
  let saidNo = false;
  const isHealthy = async (): Promise<boolean> => {
    saidNo = false;
    const answer = await (healthCheck === undefined ? sandbox.health.ping() : healthCheck(sandbox));
    saidNo = !answer;
    return answer;
  };
  const info = { id, status } as unknown as ClientInfo;
  const subject = {
    info,
    limit: <T>(work: Observable<T>) => work,
    locate: of(undefined),
    ping: asked(async () => {
      if (!(await isHealthy())) throw new Error("the health check returned false");
    }),
    getInfo:
      sandboxes === undefined ? of(info) : asked(() => sandboxes.getSandbox(id) as unknown as Promise<ClientInfo>),
  };
  try {
    await lastValueFrom(
      probe(subject, {
        readyTimeoutSeconds: Math.max(readyTimeoutSeconds, SHORTEST_WAIT_SECONDS),
        ...(healthCheckPollingInterval !== undefined && {
          healthCheckPollingInterval: Math.max(healthCheckPollingInterval, 1),
        }),
        ...(healthCheck !== undefined && { healthCheck: () => asked(isHealthy) }),
      }),
    );
  } catch (error) {
    if (!isSandboxError(error, "ready-timeout")) throw toException(error, "Wait for sandbox");
    const { probes } = error as unknown as { readonly probes: number };
    const last = saidNo ? "Health check returned false continuously." : `Last health check error: ${causeOf(error)}.`;
    throw new SandboxReadyTimeoutException({
      message: `Sandbox health check timed out after ${readyTimeoutSeconds}s (${probes} attempts). ${last} ${contextOf(sandbox)}`,
      cause: error,
    });
  }
}

function contextOf({ connectionConfig: { domain, useServerProxy } }: WaitingSandbox): string {
  const advice = useServerProxy
    ? "Look at the sandbox's state and at the server's log."
    : "If this machine cannot reach the sandbox's own address, try useServerProxy=true.";
  return `Connection context: domain=${domain}, useServerProxy=${useServerProxy}. ${advice}`;
}

/**
 * A call of a service; an exception of this package stands for the client's error that it was made from, which the loop
 * can judge.
 */
function asked<T>(start: () => Promise<T>): Observable<T> {
  return defer(() => from(start())).pipe(
    catchError((error: unknown) =>
      throwError(() => {
        const { cause } = Object(error) as { readonly cause?: unknown };
        return isSandboxError(cause) ? cause : error;
      }),
    ),
  );
}

/** What a health check of the caller's threw stands below the client's own error. */
function causeOf({ cause }: Error): string {
  if (!(cause instanceof Error)) return "no probe has ended";
  // An error of the platform may be of another realm, as in Jest.
  const { message } = Object(cause.cause) as { readonly message?: unknown };
  return isSandboxError(cause, "unavailable") && !isSandboxError(cause.cause) && typeof message === "string"
    ? message
    : cause.message;
}
