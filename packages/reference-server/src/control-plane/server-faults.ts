import { EXECD_FAULTS, type ExecdFault } from "../execd/faults.js";

/**
 * Behaviour of the control plane that a client must survive and that a normal start does not show.
 *
 * - `pause-paused-500`: pausing a paused sandbox is 500 instead of 409 (`divergences.md` L10).
 * - `deleted-metadata-returns`: a key of the create request that a patch removed comes back with the next patch (L14).
 * - `metrics-events-404`: the telemetry route does not exist (L37).
 * - `egress-start-slow`: a policy that the sidecar refuses is reported after 30 s, as by a real server.
 * - `no-daemon-root`: a direct address has no root that leads to the daemon, as behind a gateway that knows
 *   `/proxy/<port>` only.
 * - `snapshot-slow`: a snapshot is `Creating` for at least 0.2 s, as that of a small container.
 */
export type LifecycleFault = (typeof LIFECYCLE_FAULTS)[number];

/** A fault by name; switched on by configuration, never by a request. */
export type ServerFault = LifecycleFault | ExecdFault;

const LIFECYCLE_FAULTS = [
  "pause-paused-500",
  "deleted-metadata-returns",
  "metrics-events-404",
  "egress-start-slow",
  "no-daemon-root",
  "snapshot-slow",
] as const;

/** Whether a fault is one of the control plane; the others belong to the execd workers. */
export function isLifecycleFault(name: string): name is LifecycleFault {
  return (LIFECYCLE_FAULTS as readonly string[]).includes(name);
}

/** Whether there is a fault of that name. */
export function isKnownFault(name: string): name is ServerFault {
  return isLifecycleFault(name) || (EXECD_FAULTS as readonly string[]).includes(name);
}
