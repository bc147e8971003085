import type {
  SocketPart,
  SocketRequest,
  StreamPart,
  Transport,
  TransportCapabilities,
  TransportRequest,
  TransportResponse,
} from "@rxsandbox/transport";
import { Observable, throwError } from "rxjs";
import type { Answer, RouteScript } from "./answer.js";
import { exchange, type ExchangeControl } from "./exchange.js";
import { recordRequest, type OpenRecord, type RecordedRequest } from "./recorded-request.js";
import { compileRoute } from "./route.js";
import { transportFailure } from "./transport-failure.js";
import { wholeResponse } from "./whole-response.js";

export interface TestTransportOptions {
  /** Overrides single capabilities; all are true unless given. */
  readonly capabilities?: Partial<TransportCapabilities>;
  /** Plays every step that needs no waiting inside `subscribe`. Default false: a microtask per step. */
  readonly sync?: boolean;
  /** Answers `connect`. Without it sockets fail with `unsupported`. */
  readonly socket?: (request: SocketRequest) => Observable<SocketPart>;
}

/** A transport without a network: it answers from a script and remembers every call. */
export interface TestTransport extends Transport {
  /** Every call that was subscribed to, in that order. */
  readonly requests: readonly RecordedRequest[];
  readonly socketRequests: readonly SocketRequest[];
  readonly isClosed: boolean;
  /** Adds or replaces a route; a later one wins over an earlier one. */
  route(key: string, script: RouteScript): void;
  /** The calls of one route, for example `calls("POST *\/command")`. */
  calls(key: string): readonly RecordedRequest[];
  /** How many exchanges run now. */
  active(): number;
}

/**
 * Creates an in-memory transport from routes: `"METHOD /path"` with `:name` for a segment and `*` for any run of
 * characters, matched against the path without query; the last route that matches wins.
 *
 * A call without route errors with a plain `Error` that names it: a test that meets it has a hole in its script.
 * Chunks are overwritten after `next`, time limits and flow control are kept, as the port demands.
 *
 * @example
 * const frames = executionFrames([{ type: "init", id: "c1", timestamp: 1 }]);
 * const transport = createTestTransport({
 *   "GET /v1/sandboxes/:id": (request) => ({ json: { id: request.params.id } }),
 *   "POST *\/command": { body: faults.reset(byteScript(frames), 40) },
 * });
 */
export function createTestTransport(
  script: Readonly<Record<string, RouteScript>> = {},
  options: TestTransportOptions = {},
): TestTransport {
  const routes = Object.entries(script).map(([key, routeScript]) => compileRoute(key, routeScript));
  const requests: OpenRecord[] = [];
  const routeOf = new Map<OpenRecord, string>();
  const socketRequests: SocketRequest[] = [];
  const running = new Set<ExchangeControl>();
  const calls = new Map<string, number>();
  let isClosed = false;

  function start(via: "request" | "open", request: TransportRequest): Observable<StreamPart> {
    return new Observable((subscriber) => {
      const { pathname } = new URL(request.url);
      const found = routes
        .flatMap((route) => {
          const params = route.match(request.method, pathname);
          return params === undefined ? [] : [{ route, params }];
        })
        .at(-1);
      const record = recordRequest(via, request, found?.params ?? {});
      requests.push(record);
      if (isClosed || found === undefined) {
        record.end = "failed";
        subscriber.error(
          isClosed
            ? transportFailure("closed", false)
            : new Error(`no route scripted for ${request.method} ${pathname}`),
        );
        return;
      }
      routeOf.set(record, found.route.key);
      const call = calls.get(found.route.key) ?? 0;
      calls.set(found.route.key, call + 1);
      const answer = choose(found.route.script, record, call);
      const track = (control: ExchangeControl): (() => void) => {
        running.add(control);
        return () => void running.delete(control);
      };
      subscriber.add(exchange(record, answer, options.sync ?? false, track).subscribe(subscriber));
    });
  }

  return {
    capabilities: { connectionClose: true, streamingUpload: true, socketHeaders: true, ...options.capabilities },
    requests,
    socketRequests,
    get isClosed() {
      return isClosed;
    },
    route(key, routeScript) {
      routes.push(compileRoute(key, routeScript));
      calls.delete(key);
    },
    calls: (key) => requests.filter((record) => routeOf.get(record) === key),
    active: () => running.size,
    request: (request): Observable<TransportResponse> => wholeResponse(start("request", request)),
    open: (request) => start("open", request),
    connect: (request) =>
      new Observable((subscriber) => {
        socketRequests.push(request);
        const source = isClosed ? throwError(() => transportFailure("closed", false)) : options.socket?.(request);
        subscriber.add((source ?? throwError(() => transportFailure("unsupported", false))).subscribe(subscriber));
      }),
    close() {
      isClosed = true;
      for (const control of [...running]) control.breakOff(transportFailure("closed"));
      return Promise.resolve();
    },
  };
}

function choose(script: RouteScript, record: RecordedRequest, call: number): Answer {
  if (typeof script === "function") return script(record, call);
  if (!isList(script)) return script;
  const answer = script[Math.min(call, script.length - 1)];
  if (answer === undefined) throw new Error(`the script of ${record.method} ${record.path} is an empty list`);
  return answer;
}

function isList(script: Answer | readonly Answer[]): script is readonly Answer[] {
  return Array.isArray(script);
}
