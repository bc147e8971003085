import type { Sandbox as Handle, Transport } from "@rxsandbox/client";
import type { Client } from "openapi-fetch";
import { createHandleAt } from "../adapters/handle-at.js";
import { ConnectionConfig } from "../connection/connection-config.js";
import { createTransportOver } from "../connection/fetch-transport.js";
import { createClientFetch } from "./client-fetch.js";
import { createPathClient } from "./path-client.js";
import { createPlainFetch } from "./plain-fetch.js";

/** Where an adapter sends what does not go through its typed client. */
export interface RawHttpOptions {
  /** The same as that of the typed client. */
  baseUrl: string;
  /** Sent with every request. */
  headers?: Record<string, string>;
  /** Replaces the platform's `fetch`. */
  fetch?: typeof fetch;
}

/** Stands for the address that only the typed client knows; nothing is ever sent there. */
const UNKNOWN_URL = "http://typed-client.invalid";

/** Settings that send through a typed client. */
export function configOver<Paths extends object>(client: Client<Paths>): ConnectionConfig {
  return configThrough(createTransportOver(createClientFetch(createPathClient(client), `${UNKNOWN_URL}/v1`)));
}

/** A handle whose calls go through a typed client; streams, uploads and downloads go through `raw`. */
export function handleOver<Paths extends object>(client: Client<Paths>, raw?: RawHttpOptions): Handle {
  const baseUrl = raw === undefined ? UNKNOWN_URL : new URL(raw.baseUrl).href.replace(/\/+$/, "");
  const typed = createClientFetch(createPathClient(client), baseUrl);
  if (raw === undefined) return createHandleAt(configThrough(createTransportOver(typed)), baseUrl);
  const plain = rawFetch(raw, baseUrl);
  const whole: typeof fetch = (input, init) => {
    const request = new Request(input, init);
    const isUpload = request.headers.get("content-type")?.startsWith("multipart/") === true;
    return isUpload ? plain(request) : typed(request);
  };
  return createHandleAt(configThrough(createTransportOver(whole, plain)), baseUrl, raw.headers);
}

/** A handle without a typed client. */
export function createHandleOverFetch(raw: RawHttpOptions): Handle {
  const baseUrl = new URL(raw.baseUrl).href.replace(/\/+$/, "");
  return createHandleAt(configThrough(createTransportOver(rawFetch(raw, baseUrl))), baseUrl, raw.headers);
}

/** The address is taken as it is, as that of a proxy is: nothing is looked for beside it. */
function configThrough(transport: Transport): ConnectionConfig {
  return new ConnectionConfig({ domain: UNKNOWN_URL, useServerProxy: true, transport });
}

function rawFetch(
  { fetch = globalThis.fetch, baseUrl: given }: RawHttpOptions,
  baseUrl: string,
): typeof globalThis.fetch {
  return createPlainFetch(fetch, baseUrl, given);
}
