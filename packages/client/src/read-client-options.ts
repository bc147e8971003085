import type { Access } from "@rxsandbox/lifecycle";
import {
  InvalidArgumentError,
  parseConnection,
  type ClientEvent,
  type Connection,
  type RetryOptions,
  type Transport,
} from "@rxsandbox/transport";
import type { Observer } from "rxjs";
import type { ClientOptions } from "./client-options.js";
import type { Platform } from "./platform/platform.js";

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

const names: readonly (keyof ClientOptions)[] = [
  "domain",
  "protocol",
  "endpointProtocol",
  "apiKey",
  "headers",
  "sandboxHeaders",
  "requestTimeoutSeconds",
  "createTimeoutSeconds",
  "access",
  "useServerProxy",
  "debug",
  "transport",
  "dispatcher",
  "retry",
  "events",
  "vaultSettleMs",
  "maxEventBytes",
];

/** Copies client options; throws `InvalidArgumentError` with the name of the wrong one. An empty key or domain counts as absent, as in the environment. */
export function readClientOptions(options: ClientOptions, platform: Platform): ReadClientOptions {
  if (typeof options !== "object" || options === null) throw new InvalidArgumentError("options", "must be an object");
  for (const name of Object.keys(options)) {
    if (!(names as readonly string[]).includes(name)) throw new InvalidArgumentError(name, "is not a known option");
  }
  if (options.transport !== undefined && options.dispatcher !== undefined)
    throw new InvalidArgumentError("dispatcher", "excludes transport");
  return {
    connection: parseConnection({
      domain: readText("domain", options.domain) || platform.readEnvironment("OPEN_SANDBOX_DOMAIN"),
      protocol: readScheme("protocol", options.protocol),
      endpointProtocol: readScheme("endpointProtocol", options.endpointProtocol),
    }),
    apiKey: readHeaderValue("apiKey", options.apiKey) || platform.readEnvironment("OPEN_SANDBOX_API_KEY"),
    headers: readHeaders("headers", options.headers),
    sandboxHeaders: readHeaders("sandboxHeaders", options.sandboxHeaders),
    requestTimeoutMs: readSeconds("requestTimeoutSeconds", options.requestTimeoutSeconds ?? 30) * 1000,
    createTimeoutMs: readSeconds("createTimeoutSeconds", options.createTimeoutSeconds ?? 300) * 1000,
    access: readAccess(options.access, options.useServerProxy, platform),
    debug: readFlag("debug", options.debug) ?? false,
    transport: options.transport,
    dispatcher: options.dispatcher,
    retry: options.retry === undefined || options.retry === false ? options.retry : readRetry(options.retry),
    events: options.events,
    vaultSettleMs:
      options.vaultSettleMs === undefined ? undefined : readMilliseconds("vaultSettleMs", options.vaultSettleMs),
    maxEventBytes: options.maxEventBytes === undefined ? undefined : readCount("maxEventBytes", options.maxEventBytes),
  };
}

function readText(path: string, value: unknown): string | undefined {
  if (value !== undefined && typeof value !== "string") throw new InvalidArgumentError(path, "must be a string");
  return value?.trim();
}

function readHeaderValue(path: string, value: unknown): string | undefined {
  const text = readText(path, value);
  // The value itself stays out of the message: it is a secret.
  if (text !== undefined && /[^\t\x20-\x7e\x80-\xff]/.test(text))
    throw new InvalidArgumentError(path, "holds characters that no header can carry");
  return text;
}

function readHeaders(path: string, value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null) throw new InvalidArgumentError(path, "must be an object");
  return Object.fromEntries(
    Object.entries(value).map(([name, text]: [string, unknown]) => {
      if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
        throw new InvalidArgumentError(`${path}[${JSON.stringify(name)}]`, "is not a header name");
      return [name, readHeaderValue(`${path}[${JSON.stringify(name)}]`, text) ?? ""];
    }),
  );
}

function readScheme(path: string, value: unknown): "http" | "https" | undefined {
  if (value !== undefined && value !== "http" && value !== "https")
    throw new InvalidArgumentError(path, `must be "http" or "https"`);
  return value;
}

function readFlag(path: string, value: unknown): boolean | undefined {
  if (value !== undefined && typeof value !== "boolean") throw new InvalidArgumentError(path, "must be true or false");
  return value;
}

function readSeconds(path: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError(path, "must be a finite number of seconds, more than 0");
  return value;
}

function readMilliseconds(path: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError(path, "must be a finite number of milliseconds, 0 or more");
  return value;
}

function readCount(path: string, value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1)
    throw new InvalidArgumentError(path, "must be an integer from 1");
  return value as number;
}

function readRetry({ maxAttempts, baseDelayMs, maxDelayMs }: RetryOptions): RetryOptions {
  return {
    ...(maxAttempts !== undefined && { maxAttempts: readCount("retry.maxAttempts", maxAttempts) }),
    ...(baseDelayMs !== undefined && { baseDelayMs: readCount("retry.baseDelayMs", baseDelayMs) }),
    ...(maxDelayMs !== undefined && { maxDelayMs: readCount("retry.maxDelayMs", maxDelayMs) }),
  };
}

/** One explicit choice: two that contradict each other are refused, since a wrong guess would send traffic another way. */
function readAccess(access: Access | undefined, useServerProxy: boolean | undefined, platform: Platform): Access {
  const isProxyAsked = readFlag("useServerProxy", useServerProxy);
  if (access === undefined) {
    if (isProxyAsked === undefined) return platform.defaultAccess;
    return isProxyAsked ? "proxy" : "direct";
  }
  const kind: unknown = typeof access === "object" && access !== null ? access.kind : access;
  if (kind !== "direct" && kind !== "proxy" && kind !== "signed")
    throw new InvalidArgumentError("access", `must be "direct", "proxy" or { kind: "signed", ttlSeconds }`);
  if (isProxyAsked !== undefined && isProxyAsked !== (kind === "proxy"))
    throw new InvalidArgumentError("useServerProxy", `contradicts access: ${kind}`);
  if (typeof access !== "object") {
    if (access !== "direct" && access !== "proxy") throw new InvalidArgumentError("access.ttlSeconds", "is missing");
    return access;
  }
  if (kind !== "signed") throw new InvalidArgumentError("access.kind", `must be "signed"`);
  return { kind: "signed", ttlSeconds: readSeconds("access.ttlSeconds", access.ttlSeconds) };
}
