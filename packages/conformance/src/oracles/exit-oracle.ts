import type { ExitStatus } from "./exit-status.js";
import type { OracleFinding } from "./finding.js";

/**
 * What a command did: it exited, a signal killed it, or it was stopped by a time-out or an interrupt, which on the wire
 * look like a kill and in a session like an envelope (`execd.md` 2.4).
 */
export type ExitExpectation = { readonly exited: number } | { readonly signal: number } | { readonly stopped: true };

/**
 * Judges a reported exit status. Codes count modulo 256. A signal may be -1 with any text or 128 and its number. The
 * difference of a time-out and a kill is never demanded.
 */
export function judgeExit(expected: ExitExpectation, observed: ExitStatus): readonly OracleFinding[] {
  if (agrees(expected, observed)) return [];
  const isLost = observed.kind === "unknown" && observed.reason === "no end";
  return [
    {
      clause: isLost ? "X03" : "execd.exit.code",
      invariant: isLost ? "no-end" : "wrong-exit",
      level: "MUST",
      expected,
      observed,
    },
  ];
}

function agrees(expected: ExitExpectation, observed: ExitStatus): boolean {
  if ("exited" in expected) return observed.kind === "known" && observed.code === ((expected.exited % 256) + 256) % 256;
  if ("signal" in expected)
    return observed.kind === "signalled" || (observed.kind === "known" && observed.code === 128 + expected.signal);
  return (
    observed.kind === "signalled" ||
    (observed.kind === "known" && observed.code > 128) ||
    (observed.kind === "unknown" && observed.reason === "envelope")
  );
}

/** Judges that the stream and the status route tell the same, where both tell something (`execd.md` 2.4, 3.2). */
export function judgeExitSources(stream: ExitStatus, status: ExitStatus): readonly OracleFinding[] {
  if (stream.kind === "unknown" || status.kind === "unknown") return [];
  const isSame =
    stream.kind === status.kind &&
    (stream.kind === "signalled" || (status.kind === "known" && stream.code === status.code));
  return isSame
    ? []
    : [
        {
          clause: "execd.status.foreground",
          invariant: "status-agrees",
          level: "MUST",
          expected: stream,
          observed: status,
        },
      ];
}
