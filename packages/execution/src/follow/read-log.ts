import type { Observable } from "rxjs";
import { LOG_CURSOR_HEADER } from "@rxsandbox/protocol";
import { ProtocolError, SandboxError, type Api, type ResponseHeaders, type StreamPart } from "@rxsandbox/transport";

/** Milliseconds without a byte after which reading a log is given up, and tried again from where it stopped. */
const IDLE_MS = 30_000;

/** Opens the log of a background command from an offset on, as a stream without a time limit. */
export function openLog(api: Api, commandId: string, offset: number): Observable<StreamPart> {
  return api.open({
    what: "Follow command",
    method: "GET",
    path: `/command/${encodeURIComponent(commandId)}/logs`,
    query: { cursor: offset },
    idleTimeoutMs: IDLE_MS,
  });
}

/** What the head of a log says about its end. */
export interface LogHead {
  /**
   * The offset behind the last byte; undefined where the header cannot be read, as across origins (`lifecycle.md` 1).
   */
  readonly end: number | undefined;
  /** Whether the head says that nothing follows. */
  readonly isEmpty: boolean;
}

/** Reads the head of an answer from `offset` on. Throws `protocol` where the server's cursor does not count bytes. */
export function readLogHead(headers: ResponseHeaders, offset: number): LogHead {
  const text = headers[LOG_CURSOR_HEADER.toLowerCase()];
  if (text === undefined) return { end: undefined, isEmpty: headers["content-length"] === "0" };
  if (!/^\d{1,15}$/.test(text))
    throw new ProtocolError("the log cursor does not count bytes: this command cannot be followed");
  const end = Number(text);
  if (end < offset) {
    const detail = `the log has ${end} bytes, but ${offset} were there before: it was cut`;
    throw new SandboxError("conflict", { what: "Follow command", detail });
  }
  return { end, isEmpty: end === offset };
}
