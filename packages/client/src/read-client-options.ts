import type { Access } from "@rxsandbox/lifecycle";
import {
  InvalidArgumentError,
  parseConnection,
  type ClientEvent,
  type Connection,
  type RetryOptions,
  type Transport,
} from "@rxsandbox/transport";
import {
  integerFrom,
  mapOf,
  objectOf,
  oneOf,
  readFlag,
  readNonNegative,
  readObject,
  readOptions,
  readPositive,
  readSecondsAsMs,
  readString,
} from "@rxsandbox/transport/calls";
import type { Observer } from "rxjs";
import type { ClientOptions } from "./client-options.js";
import type { RuntimePlatform } from "./platform/platform.js";

const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;
/** A real server pulls the image meanwhile. */
const DEFAULT_CREATE_TIMEOUT_MS = 300_000;

/** Client options after validation, with the environment and the defaults filled in. */
export interface ReadClientOptions {
  readonly connection: Connection;
  readonly apiKey: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly sandboxHeaders: Readonly<Record<string, string>>;
  readonly requestTimeoutMs: number;
  readonly createTimeoutMs: number;
  readonly access: Access;
  readonly debug: boolean;
  readonly transport: Transport | undefined;
  readonly dispatcher: object | undefined;
  readonly retry: RetryOptions | false | undefined;
  readonly events: Partial<Observer<ClientEvent>> | undefined;
  readonly vaultSettleMs: number | undefined;
  readonly maxEventBytes: number | undefined;
}

const readScheme = oneOf("http", "https");
const readHeaders = mapOf(readHeaderValue, (path, name) => {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new InvalidArgumentError(path, "is not a header name");
});
const readRetry = objectOf({ maxAttempts: integerFrom(1), baseDelayMs: integerFrom(1), maxDelayMs: integerFrom(1) });

/**
 * Copies client options; throws `InvalidArgumentError` with the name of the wrong one. An empty key or domain counts as
 * absent, as in the environment.
 */
export function readClientOptions(options: ClientOptions, platform: RuntimePlatform): ReadClientOptions {
  const given = readOptions(options, {
    domain: readTrimmed,
    protocol: readScheme,
    endpointProtocol: readScheme,
    apiKey: readHeaderValue,
    headers: readHeaders,
    sandboxHeaders: readHeaders,
    requestTimeoutSeconds: readSecondsAsMs,
    createTimeoutSeconds: readSecondsAsMs,
    access: readAccess,
    useServerProxy: readFlag,
    debug: readFlag,
    transport: readPort<Transport>,
    dispatcher: readPort<object>,
    retry: (path, value) => (value === false ? false : readRetry(path, value)),
    events: readPort<Partial<Observer<ClientEvent>>>,
    vaultSettleMs: readNonNegative,
    maxEventBytes: integerFrom(1),
  });
  const { domain, protocol, endpointProtocol, transport, dispatcher } = given;
  if (transport !== undefined && dispatcher !== undefined)
    throw new InvalidArgumentError("dispatcher", "excludes transport");
  return {
    connection: parseConnection({
      domain: domain || platform.readEnvironment("OPEN_SANDBOX_DOMAIN"),
      protocol,
      endpointProtocol,
    }),
    apiKey: given.apiKey || platform.readEnvironment("OPEN_SANDBOX_API_KEY"),
    headers: given.headers ?? {},
    sandboxHeaders: given.sandboxHeaders ?? {},
    requestTimeoutMs: given.requestTimeoutSeconds ?? DEFAULT_REQUEST_TIMEOUT_MS,
    createTimeoutMs: given.createTimeoutSeconds ?? DEFAULT_CREATE_TIMEOUT_MS,
    access: accessOf(given.access, given.useServerProxy, platform),
    debug: given.debug ?? false,
    transport,
    dispatcher,
    retry: given.retry,
    events: given.events,
    vaultSettleMs: given.vaultSettleMs,
    maxEventBytes: given.maxEventBytes,
  };
}

function readTrimmed(path: string, value: unknown): string {
  return readString(path, value).trim();
}

function readHeaderValue(path: string, value: unknown): string {
  const text = readTrimmed(path, value);
  // The value itself stays out of the message: it is a secret.
  if (/[^\t\x20-\x7e\x80-\xff]/.test(text))
    throw new InvalidArgumentError(path, "holds characters that no header can carry");
  return text;
}

/** Something with methods that the caller implements; its class may have more of them. */
function readPort<T extends object>(path: string, value: unknown): T {
  return readObject(path, value) as T;
}

function readAccess(path: string, value: unknown): Access {
  if (value === "direct" || value === "proxy") return value;
  if (value === "signed") throw new InvalidArgumentError(`${path}.ttlSeconds`, "is missing");
  if (typeof value !== "object")
    throw new InvalidArgumentError(path, 'must be "direct", "proxy" or { kind: "signed", ttlSeconds }');
  return readSigned(path, value);
}

const readSigned = objectOf({}, { kind: oneOf("signed"), ttlSeconds: readPositive });

/**
 * One explicit choice: two that contradict each other are refused, since a wrong guess would send traffic another way.
 */
function accessOf(access: Access | undefined, useServerProxy: boolean | undefined, platform: RuntimePlatform): Access {
  if (access === undefined)
    return useServerProxy === undefined ? platform.defaultAccess : useServerProxy ? "proxy" : "direct";
  const kind = typeof access === "string" ? access : access.kind;
  if (useServerProxy !== undefined && useServerProxy !== (kind === "proxy"))
    throw new InvalidArgumentError("useServerProxy", `contradicts access: ${kind}`);
  return access;
}
