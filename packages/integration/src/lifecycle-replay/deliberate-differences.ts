/** A place where the server does not do what was recorded, and why. */
export interface DeliberateDifference {
  readonly case: string;
  /** Steps that differ, by index; all others are equal. */
  readonly steps: readonly number[];
  readonly reason: string;
}

/** A case that is not replayed at all, and why. */
export interface UnreplayedCase {
  readonly case: string;
  readonly reason: string;
}

const NO_EXEMPTION = "only /health itself is open (L27), and there are no documentation pages";
const REDACTED = "what may be a secret is not echoed (L02)";
const NO_IMAGES = "images and their registries do not exist here: any name means this machine's own files";
const NO_LIMITS = "a limit that this machine cannot set is not refused";
const NO_SUCH_PAGE = "a page number beyond 64 bits is an empty page (L04)";
const OWN_LOG = "the log holds what the server did with the sandbox, not what was run in it";
const NO_CONTAINER =
  "there is no container with limits, ports and an environment of its own, and the egress token is masked (L25)";
const GONE_AT_ONCE = "removal takes milliseconds, so the recorded read in the middle of it finds nothing";

/** Every place where the server differs from a recording, each with its reason. */
export const DELIBERATE_DIFFERENCES: readonly DeliberateDifference[] = [
  { case: "lifecycle/auth/exempt", steps: [1, 2, 4, 5, 6, 7, 8], reason: NO_EXEMPTION },
  {
    case: "lifecycle/auth/key",
    steps: [3],
    reason: "white space around a header's value is not part of it (RFC 9110 5.5), so the key is right",
  },
  { case: "lifecycle/create/env", steps: [1, 2], reason: REDACTED },
  { case: "lifecycle/create/image-auth", steps: [3, 5], reason: REDACTED },
  { case: "lifecycle/create/image-pull-failure", steps: [0, 1, 2], reason: NO_IMAGES },
  { case: "lifecycle/create/resource-limits", steps: [4, 5, 7], reason: NO_LIMITS },
  { case: "lifecycle/create/volume-ossfs-refused", steps: [1, 3], reason: REDACTED },
  { case: "lifecycle/create/volume-pvc", steps: [4], reason: "the message does not advise a Docker command" },
  { case: "lifecycle/diagnostics/finished", steps: [0, 4], reason: OWN_LOG },
  { case: "lifecycle/diagnostics/finished", steps: [2], reason: NO_CONTAINER },
  { case: "lifecycle/diagnostics/parameters", steps: [6, 7, 8], reason: OWN_LOG },
  { case: "lifecycle/diagnostics/parameters", steps: [12, 14], reason: NO_CONTAINER },
  { case: "lifecycle/diagnostics/texts", steps: [0], reason: OWN_LOG },
  { case: "lifecycle/diagnostics/texts", steps: [2, 3], reason: NO_CONTAINER },
  {
    case: "lifecycle/egress/default-action",
    steps: [8, 9, 10, 11],
    reason: "an unknown default action is refused (G06); the recorded one fails open",
  },
  {
    case: "lifecycle/egress/not-ready",
    steps: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    reason: "the daemon answers as soon as create does",
  },
  {
    case: "lifecycle/endpoints/direct",
    steps: [1],
    reason: "port 8080 has no mapping of its own, every port goes the same way",
  },
  { case: "lifecycle/errors/cors", steps: [6], reason: "Origin: null stands for any page and is refused" },
  { case: "lifecycle/errors/unhandled", steps: [0, 1], reason: NO_SUCH_PAGE },
  {
    case: "lifecycle/proxy/paths",
    steps: [9, 17],
    reason: "the hop through execd escapes a bare percent sign and some marks; they mean the same",
  },
  {
    case: "lifecycle/proxy/request-headers",
    steps: [1],
    reason: "the hop through execd takes its own access token out",
  },
  { case: "lifecycle/proxy/responses", steps: [1, 2, 3], reason: "there is no cookie jar (L31)" },
  { case: "lifecycle/proxy/responses", steps: [7], reason: "the hop through execd makes 502 of a dropped connection" },
  { case: "lifecycle/read/unknown", steps: [5], reason: "an escaped slash is part of the id, not the end of a path" },
  {
    case: "lifecycle/snapshots/creating",
    steps: [6, 7, 8, 9, 10, 11, 12],
    reason: "there are no 300 MB to copy, so it is ready sooner",
  },
  { case: "lifecycle/snapshots/list", steps: [14], reason: NO_SUCH_PAGE },
  {
    case: "lifecycle/state/main-process-exits",
    steps: [15],
    reason: "a program that does not exist is known at once, without the half second of a container",
  },
  {
    case: "lifecycle/state/pause-resume",
    steps: [2],
    reason: "pausing a paused sandbox is 409 (L10); the recorded 500 is a fault",
  },
  { case: "lifecycle/time/expiry", steps: [7], reason: GONE_AT_ONCE },
  { case: "lifecycle/time/expiry-paused", steps: [7], reason: GONE_AT_ONCE },
  { case: "lifecycle/time/renew-shorter", steps: [7], reason: GONE_AT_ONCE },
];

/** Cases that are not replayed, each with its reason. */
export const UNREPLAYED_CASES: readonly UnreplayedCase[] = [
  {
    case: "lifecycle/proxy/websocket",
    reason: "its frames are compared in `server-terminal-transcripts.spec.ts`",
  },
  {
    case: "lifecycle/proxy/cookie-jar",
    reason:
      "two sandboxes with a service on the same port, which share one network here; cookies are tested beside the proxy",
  },
  {
    case: "lifecycle/state/get-during-delete",
    reason:
      "reads while an engine takes 0.2 s to remove a container; here removal takes milliseconds and is tested with a slow driver",
  },
];
