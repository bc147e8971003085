import { of, type Observer } from "rxjs";
import type { ControlPlane } from "@rxsandbox/lifecycle";
import { API_KEY_HEADER } from "@rxsandbox/protocol";
import {
  createApi,
  createRedactor,
  createServerClock,
  createSockets,
  type Api,
  type ApiOptions,
  type ClientEvent,
  type Endpoint,
  type EndpointSource,
  type ServerClock,
  type Sockets,
  type Transport,
} from "@rxsandbox/transport";
import type { ReadClientOptions } from "./read-client-options.js";

/**
 * The APIs of one client over one transport. None is guarded: the calls built on them are, and clean-ups use them while
 * the client closes.
 */
export interface Apis {
  readonly controlPlane: ControlPlane;
  readonly endpointProtocol: "http" | "https";
  /** The lifecycle API; base ends in `/v1`. */
  readonly api: Api;
  /** The API at one port of one sandbox. */
  readonly sandboxApi: (source: EndpointSource, port: number) => Api;
  /**
   * The API at one address, to find out what answers there: what it refuses is reported as an answer, not as a failed
   * call.
   */
  readonly probeApi: (endpoint: Endpoint) => Api;
  /** The WebSockets at one port of one sandbox. */
  readonly sandboxSockets: (source: EndpointSource, port: number) => Sockets;
  /** The clock of the control plane. */
  readonly clock: ServerClock;
  /** Makes a secret known that came up later. */
  readonly onSecret: (secret: string) => void;
}

function at(source: EndpointSource, port: number): Pick<ApiOptions, "target" | "invalidate" | "readFate"> {
  return { target: () => source.resolve(port), invalidate: () => source.invalidate(port), readFate: source.readFate };
}

/** Builds them; sends nothing. */
export function createApis(options: ReadClientOptions, transport: Transport, events: Observer<ClientEvent>): Apis {
  const {
    connection: { baseUrl, origin, endpointProtocol },
    apiKey,
    headers,
    sandboxHeaders,
    requestTimeoutMs,
    retry,
  } = options;
  const redact = createRedactor([
    ...(apiKey === undefined ? [] : [apiKey]),
    ...Object.values(headers),
    ...Object.values(sandboxHeaders),
  ]);
  const clock = createServerClock();
  const shared = { transport, requestTimeoutMs, redact, events, ...(retry !== undefined && { retry }) };
  return {
    controlPlane: { origin, apiKey },
    endpointProtocol,
    api: createApi({
      ...shared,
      clock,
      target: () => of({ url: baseUrl, headers: {}, access: "direct" }),
      headers: { ...headers, ...(apiKey !== undefined && { [API_KEY_HEADER]: apiKey }) },
    }),
    sandboxApi: (source, port) => createApi({ ...shared, ...at(source, port) }),
    probeApi: (endpoint) =>
      createApi({
        ...shared,
        events: { next: (event) => void (event.type !== "failed" && events.next(event)) },
        target: () => of(endpoint),
      }),
    sandboxSockets: (source, port) => createSockets({ ...shared, ...at(source, port) }),
    clock,
    onSecret: redact.addSecret,
  };
}
