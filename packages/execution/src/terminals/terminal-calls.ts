import { map, type Observable } from "rxjs";
import { ProtocolError, type Api } from "@rxsandbox/transport";

/** A terminal session as the server describes it. */
export interface TerminalInfo {
  readonly id: string;
  /** Whether a shell runs; none does before the first client and after an exit. */
  readonly running: boolean;
  /** Count of all bytes of output so far. */
  readonly outputOffset: number;
}

/** Path of one terminal session. */
export function terminalPath(id: string): string {
  return `/pty/${encodeURIComponent(id)}`;
}

/** Asks the server about a session. */
export function getTerminal(api: Api, id: string): Observable<TerminalInfo> {
  return api.json({ what: "Get terminal", method: "GET", path: terminalPath(id) }, (value) => {
    const { running, output_offset: outputOffset } = Object(value) as Readonly<Record<string, unknown>>;
    if (typeof running !== "boolean" || typeof outputOffset !== "number")
      throw new ProtocolError("the answer has no running and output_offset");
    return { id, running, outputOffset };
  });
}

/** Deletes a session, which ends its shell. */
export function deleteTerminal(api: Api, id: string): Observable<void> {
  return api.empty({ what: "Delete terminal", method: "DELETE", path: terminalPath(id) });
}

/**
 * Asks what a handshake would be refused for, which no WebSocket tells: errors with it, or emits when nothing is wrong
 * (`execd.md` 9).
 */
export function askRefusal(api: Api, id: string): Observable<void> {
  return api
    .request({ what: "Attach to terminal", method: "GET", path: `${terminalPath(id)}/ws`, noRetry: true })
    .pipe(map(() => undefined));
}
