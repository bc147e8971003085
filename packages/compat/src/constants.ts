/** Port of the daemon that runs commands and serves files. */
export const DEFAULT_EXECD_PORT = 44772;

/** Port of the egress sidecar. */
export const DEFAULT_EGRESS_PORT = 18080;

/** Main process of a sandbox that names none. */
export const DEFAULT_ENTRYPOINT: string[] = ["tail", "-f", "/dev/null"];

/** Limits of a sandbox that names none. */
export const DEFAULT_RESOURCE_LIMITS: Record<string, string> = { cpu: "1", memory: "2Gi" };

/** Time to live of a sandbox that names none. */
export const DEFAULT_TIMEOUT_SECONDS = 600;

/** How long a create or connect waits for readiness. */
export const DEFAULT_READY_TIMEOUT_SECONDS = 30;

/** The official pause between probes. This package backs off from 20 ms to 4 s unless an interval is given. */
export const DEFAULT_HEALTH_CHECK_POLLING_INTERVAL_MILLIS = 200;

/** How long one request may take. */
export const DEFAULT_REQUEST_TIMEOUT_SECONDS = 30;
