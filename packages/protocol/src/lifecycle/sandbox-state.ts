/**
 * The states that this version knows (`lifecycle.md` 6). `Allocated` and `Unknown` are seen on the wire though not
 * specified.
 */
export type KnownSandboxState =
  | "Pending"
  | "Allocated"
  | "Running"
  | "Pausing"
  | "Paused"
  | "Resuming"
  | "Stopping"
  | "Terminated"
  | "Failed"
  | "Unknown";

/** The state of a sandbox: an open set, since servers have more than the specification names. */
export type SandboxState = KnownSandboxState | (string & Record<never, never>);

const specified: Readonly<Record<Exclude<KnownSandboxState, "Unknown">, readonly KnownSandboxState[]>> = {
  Pending: ["Allocated", "Running", "Failed"],
  Allocated: ["Running", "Failed"],
  Running: ["Pausing", "Stopping", "Failed"],
  Pausing: ["Paused"],
  Paused: ["Resuming", "Stopping", "Failed"],
  Resuming: ["Running", "Failed"],
  Stopping: ["Terminated"],
  Terminated: [],
  Failed: [],
};

const everyState: readonly KnownSandboxState[] = [...(Object.keys(specified) as KnownSandboxState[]), "Unknown"];

/** Tells whether this version knows a state by name; names are compared exactly. */
export function isKnownState(state: string): state is KnownSandboxState {
  return state === "Unknown" || Object.hasOwn(specified, state);
}

/**
 * The states that may directly follow one (`lifecycle.md` 6). Of a state whose meaning is not known (`Unknown`, or a
 * name of the server's own) nothing can be ruled out: every known state may follow.
 *
 * Polling may miss states in between: ask {@link canReach} about two observations.
 */
export function nextStates(state: SandboxState): readonly SandboxState[] {
  return isMapped(state) ? specified[state] : everyState;
}

/** Tells whether a sandbox seen in one state may later be seen in another, in any number of steps, none included. */
export function canReach(from: SandboxState, to: SandboxState): boolean {
  if (from === to || !isMapped(from)) return true;
  if (isTerminalState(from)) return false;
  // A state without specified meaning may appear between any two.
  if (!isMapped(to)) return true;
  const seen = new Set<SandboxState>([from]);
  for (const state of seen) for (const next of nextStates(state)) seen.add(next);
  return seen.has(to);
}

/**
 * Tells whether nothing follows: the sandbox has ended or failed. A finished sandbox is more often simply gone (404).
 */
export function isTerminalState(state: SandboxState): state is "Terminated" | "Failed" {
  return state === "Terminated" || state === "Failed";
}

/** Tells whether the server is at work and the state will change without another call. */
export function isTransitionalState(
  state: SandboxState,
): state is "Pending" | "Allocated" | "Pausing" | "Resuming" | "Stopping" {
  return (
    state === "Pending" || state === "Allocated" || state === "Pausing" || state === "Resuming" || state === "Stopping"
  );
}

function isMapped(state: string): state is Exclude<KnownSandboxState, "Unknown"> {
  return Object.hasOwn(specified, state);
}
