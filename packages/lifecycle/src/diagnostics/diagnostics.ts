import { map, tap, type Observable } from "rxjs";
import type { ApiRequest } from "@rxsandbox/transport";
import { integerFrom, oneOf, readOptions, readText, textWhere, type ApiConnection } from "@rxsandbox/transport/calls";
import { sandboxPath } from "../calls/sandbox-calls.js";
import { parseDiagnosticContent, type DiagnosticContent } from "./diagnostic-content.js";

/** Which part of the log. */
export interface DiagnosticLogOptions {
  /** Lines from the end, 1 to 10,000; the server's default is 100. */
  readonly tail?: number;
  /**
   * Not older than this: a number with `s`, `m` or `h`, for example `10m`. A real server reads anything else as ten
   * minutes.
   */
  readonly since?: string;
}

/** How many events. */
export interface DiagnosticEventOptions {
  /** 1 to 500; the server's default is 50. */
  readonly limit?: number;
}

/** How much of both in a summary. */
export interface DiagnosticSummaryOptions {
  /** Lines of the log, 1 to 10,000. */
  readonly tail?: number;
  /** 1 to 500. */
  readonly eventLimit?: number;
}

/**
 * What the server knows about one sandbox, for eyes (`lifecycle.md` 8). Every call is cold; a wrong argument throws at
 * the call.
 *
 * The texts have no format to rely on. Logs hold commands and their output, whatever these are: treat them as secret.
 * Values of labels and variables whose names speak of a secret are masked here, since a real server prints the egress
 * token (divergence L25).
 */
export interface Diagnostics {
  /** Emits the end of the log of the sandbox's container. */
  logs(options?: DiagnosticLogOptions): Observable<string>;
  /** Emits what happened to it. */
  events(options?: DiagnosticEventOptions): Observable<string>;
  /** Emits how it was made: state, resources, labels, environment. */
  inspect(): Observable<string>;
  /** Emits the three together. */
  summary(options?: DiagnosticSummaryOptions): Observable<string>;
  /**
   * Emits the log or the events of one scope: `container`, `lifecycle`, `runtime`, `network`, `process`, `all` or one
   * of the server's own.
   *
   * Errors: `unsupported` where the server has no scopes, which is the rule today (divergence L24).
   */
  describe(kind: "logs" | "events", scope: string): Observable<DiagnosticContent>;
}

const readTail = integerFrom(1, 10_000);
const readLimit = integerFrom(1, 500);
const readSince = textWhere((text) => /^\d{1,9}[smh]$/.test(text), "must be a number with s, m or h, for example 10m");
const decoder = new TextDecoder();

/** Builds the calls for one sandbox. */
export function createDiagnostics({ api, onSecret }: ApiConnection, sandboxId: string): Diagnostics {
  const request = (kind: string, query: NonNullable<ApiRequest["query"]>): ApiRequest => ({
    what: `Get diagnostics ${kind}`,
    method: "GET",
    path: `${sandboxPath(sandboxId)}/diagnostics/${kind}`,
    query,
  });
  const text = (kind: string, query: NonNullable<ApiRequest["query"]> = {}): Observable<string> =>
    api
      .request({ ...request(kind, query), headers: { accept: "text/plain" } })
      .pipe(map(({ body }) => decoder.decode(body)));
  return {
    logs: (options = {}) => text("logs", readOptions(options, { tail: readTail, since: readSince })),
    events: (options = {}) => text("events", readOptions(options, { limit: readLimit })),
    inspect: () => text("inspect").pipe(map(maskValues)),
    summary: (options = {}) => {
      const { tail, eventLimit } = readOptions(options, { tail: readTail, eventLimit: readLimit });
      return text("summary", { tail, event_limit: eventLimit }).pipe(map(maskValues));
    },
    describe: (kind, of) => {
      const content = api.json(
        request(oneOf("logs", "events")("kind", kind), { scope: readText("scope", of) }),
        parseDiagnosticContent,
      );
      return content.pipe(tap(({ contentUrl }) => void (contentUrl !== undefined && onSecret?.(contentUrl))));
    },
  };
}

const secretLine = /^(\s+[^\s=]*(?:token|secret|passw|key|credential|auth)[^\s=]*=).+$/gim;

/**
 * Masks the values of labels and variables whose names speak of a secret, one `  name=value` per line.
 *
 * A real server prints the token of the egress sidecar in clear (divergence L25). What a name does not give away stays.
 */
export function maskValues(text: string): string {
  return text.replace(secretLine, "$1***");
}
