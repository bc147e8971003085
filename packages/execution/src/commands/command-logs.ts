import { concatMap, defer, map, of, type Observable } from "rxjs";
import { LOG_CURSOR_HEADER } from "@rxsandbox/protocol";
import { InvalidArgumentError, ProtocolError, type Api, type ApiResponse } from "@rxsandbox/transport";
import { getCommandStatus } from "./command-status.js";
import { incompleteSuffix } from "./incomplete-suffix.js";

declare const brand: unique symbol;

/** Where to read on in a log. Opaque; it may be kept as text and given back later. */
export type LogCursor = string & { readonly [brand]: "LogCursor" };

/** A piece of the combined output of a background command. */
export interface CommandLogs {
  readonly text: string;
  readonly cursor: LogCursor;
}

/** The text of a stored cursor. Throws when it is not a cursor. */
export function logCursor(text: string): LogCursor {
  if (typeof text !== "string" || text === "") throw new InvalidArgumentError("cursor", "is not a log cursor");
  return text as LogCursor;
}

/**
 * Reads the log of a background command from a cursor on (`execd.md` 3.2).
 *
 * A real daemon's cursor counts bytes and an answer may end inside a character: then the cursor steps back to its first
 * byte, so that the texts of all answers joined are the whole log. An answer that is nothing but the beginning of a
 * character asks for the status: when the command has ended, nothing will complete it, and it is U+FFFD.
 */
export function getCommandLogs(api: Api, id: string, cursor: LogCursor | undefined): Observable<CommandLogs> {
  const read = (): Observable<LogAnswer> => readLogs(api, id, cursor);
  return read().pipe(
    concatMap((answer) => {
      if (answer.incomplete === 0 || answer.incomplete < answer.body.length) return of(textOf(answer));
      return getCommandStatus(api, id).pipe(
        concatMap(({ running }) => {
          if (running) return of<CommandLogs>({ text: "", cursor: answer.from });
          // It may have written the rest between the two calls.
          return read().pipe(
            map((last) => (last.incomplete < last.body.length ? textOf(last) : textOf({ ...last, incomplete: 0 }))),
          );
        }),
      );
    }),
  );
}

interface LogAnswer {
  readonly body: Uint8Array;
  readonly from: LogCursor;
  /** The server's cursor, or the one that follows from the bytes where it cannot be read. */
  readonly to: string;
  /** Bytes at the end that begin a character; 0 where the cursor does not count bytes. */
  readonly incomplete: number;
}

function readLogs(api: Api, id: string, cursor: LogCursor | undefined): Observable<LogAnswer> {
  return defer(() =>
    api.request({
      what: "Get command logs",
      method: "GET",
      path: `/command/${encodeURIComponent(id)}/logs`,
      query: { cursor },
    }),
  ).pipe(map((response) => logAnswer(response, cursor)));
}

function logAnswer({ body, headers }: ApiResponse, cursor: LogCursor | undefined): LogAnswer {
  const from = (cursor ?? "0") as LogCursor;
  const requested = offset(from);
  // A browser cannot read the header across origins (`lifecycle.md` 1): then the cursor follows from the bytes.
  const to =
    headers[LOG_CURSOR_HEADER.toLowerCase()] ?? (requested === undefined ? undefined : String(requested + body.length));
  if (to === undefined)
    throw new ProtocolError({
      what: "Get command logs",
      detail: "the answer has no cursor, and none follows from the one that was given",
    });
  const reached = offset(to);
  const countsBytes = requested !== undefined && reached !== undefined && reached - requested === body.length;
  return { body, from, to, incomplete: countsBytes ? incompleteSuffix(body) : 0 };
}

function textOf({ body, to, incomplete }: LogAnswer): CommandLogs {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body.subarray(0, body.length - incomplete));
  return { text, cursor: (incomplete === 0 ? to : String(Number(to) - incomplete)) as LogCursor };
}

function offset(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
