import { isSandboxError, type ReadyOptions, type Sandbox as Handle } from "@rxsandbox/client";
import type { ConnectionConfig } from "../connection/connection-config.js";
import { DEFAULT_READY_TIMEOUT_SECONDS } from "../constants.js";
import { SandboxReadyTimeoutException } from "../errors/exceptions.js";
import { toException } from "../errors/to-exception.js";
import type { Sandbox } from "./sandbox.js";
import type { SandboxReadyOptions } from "./sandbox-options.js";

/** Waiting for a sandbox: the options for the client, and the exception for what came out. */
export interface Readiness {
  readonly options: ReadyOptions;
  readonly explain: (error: unknown, what: string) => unknown;
}

/** Counts what a health check of the caller's answers, for the official text of a timeout (`sdk-behaviour.md` 4). */
export function watchReadiness(opts: Omit<SandboxReadyOptions, "skipHealthCheck">, config: ConnectionConfig, sandboxOf: (handle: Handle) => Sandbox): Readiness {
  const { healthCheck, readyTimeoutSeconds = DEFAULT_READY_TIMEOUT_SECONDS, healthCheckPollingInterval } = opts;
  let saidNo = false;
  const check = async (handle: Handle): Promise<boolean> => {
    saidNo = false;
    const isHealthy = await healthCheck!(sandboxOf(handle));
    saidNo = !isHealthy;
    return isHealthy;
  };
  return {
    options: {
      // The official loop tries once even when no time is given.
      readyTimeoutSeconds: Math.max(readyTimeoutSeconds, SHORTEST_WAIT_SECONDS),
      ...(healthCheckPollingInterval !== undefined && { healthCheckPollingInterval: Math.max(healthCheckPollingInterval, 1) }),
      ...(healthCheck !== undefined && { healthCheck: check }),
    },
    explain: (error, what) => {
      if (!isSandboxError(error, "ready-timeout")) return toException(error, what);
      const { probes } = error as unknown as { readonly probes: number };
      const last = saidNo ? "Health check returned false continuously." : `Last health check error: ${causeOf(error)}.`;
      const { domain, useServerProxy } = config;
      const hint = useServerProxy
        ? "Look at the sandbox's state and at the server's log."
        : "If this machine cannot reach the sandbox's own address, set useServerProxy: true.";
      const message =
        `Sandbox health check timed out after ${readyTimeoutSeconds}s (${probes} attempts). ${last} ` +
        `Connection context: domain=${domain}, useServerProxy=${useServerProxy}. ${hint}`;
      return new SandboxReadyTimeoutException({ message, cause: error });
    },
  };
}

const SHORTEST_WAIT_SECONDS = 0.2;

/** What a health check of the caller's threw stands below the client's own error. */
function causeOf({ cause }: Error): string {
  if (!(cause instanceof Error)) return "no probe has ended";
  return cause.cause instanceof Error && !isSandboxError(cause.cause) && isSandboxError(cause, "unavailable") ? cause.cause.message : cause.message;
}
