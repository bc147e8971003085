/**
 * A misbehaviour a client must survive, switched on by configuration only (`execd.md` 2.4, `measured.md` 2.1).
 *
 * - `session-run-lost`: a session run ends cleanly and its command is killed: in turn before `init`, right after it,
 *   and after the first output event.
 * - `proxied-run-lost`: a session run is lost like that, and a run of code ends cleanly after `init` while its context
 *   stays busy for 150 ms; only behind the daemon's own proxy, `/proxy/44772`, and only on a connection that is kept
 *   alive. A real daemon loses 1 to 3 % of these runs, this fault loses all of them.
 * - `background-late-registration`: a background command is unknown to status, logs and interrupt for 150 ms after
 *   `init`.
 * - `late-log`: the log of a background command is empty until the status tells its end.
 * - `late-status`: the status of a background command tells its end 500 ms after its log is complete.
 * - `cut-logs`: every second answer with a log is cut by a lost connection, somewhere between its head and its last
 *   byte.
 * - `slow-logs`: an answer with a log takes a second.
 * - `log-cursor-is-size`: a cursor beyond the end of a log is answered with the size of the log, where a real daemon
 *   echoes it (`execd.md` 3.2).
 * - `slow-tail`: a command's answer stays open five times as long after its terminal event, at least 3 s.
 * - `no-terminal`: a command's answer ends cleanly without a terminal event.
 * - `cut-stream`: the connection is dropped after the first output event, inside a frame.
 * - `envelope-after-init`: a foreground command is refused with an error envelope after `init`.
 * - `code-results-after-complete`: results and errors of code follow its completion, as in a fifth to a third of the
 *   runs of a real daemon (`measured.md` 2.3).
 * - `sigpipe-neighbours`: a write to a connection that its client has closed, pings included, sends SIGPIPE to the
 *   running foreground commands (`divergences.md` X66); those that run when another command ends, or starts in the
 *   background, are spared from then on. It strikes every time; a real daemon often notices the close before it writes.
 * - `terminal-close-lingers`: the connection of a terminal stays open after the close frames, for up to 30 s
 *   (`divergences.md` X69).
 * - `stalled-stream`: an event stream says nothing after its first output event, no ping and no end, and its connection
 *   stays open, as that of a link that dies without a FIN. The command runs on.
 * - `split-frames`: every frame is sent in two pieces, cut inside a character where it has one of several bytes.
 */
export type ExecdFault = (typeof EXECD_FAULTS)[number];

/** All fault names, as configuration spells them. */
export const EXECD_FAULTS = [
  "session-run-lost",
  "proxied-run-lost",
  "background-late-registration",
  "late-log",
  "late-status",
  "cut-logs",
  "slow-logs",
  "log-cursor-is-size",
  "slow-tail",
  "no-terminal",
  "cut-stream",
  "envelope-after-init",
  "code-results-after-complete",
  "sigpipe-neighbours",
  "terminal-close-lingers",
  "stalled-stream",
  "split-frames",
] as const;

/** Checks configured fault names; throws on one that does not exist. */
export function parseFaults(names: readonly string[]): ReadonlySet<ExecdFault> {
  const known: readonly string[] = EXECD_FAULTS;
  for (const name of names)
    if (!known.includes(name)) throw new Error(`unknown fault "${name}"; known: ${known.join(", ")}`);
  return new Set(names as readonly ExecdFault[]);
}
