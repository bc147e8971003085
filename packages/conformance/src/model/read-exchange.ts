import type { WireExchange } from "./wire-exchange.js";

/** The status of an answer; 0 where no head arrived. */
export function statusOf(exchange: WireExchange): number {
  return exchange.head?.status ?? 0;
}

/** The first value of a header. */
export function headerOf(exchange: WireExchange, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return exchange.head?.headers.find(([key]) => key === wanted)?.[1];
}

/** The whole body. */
export function bytesOf(exchange: WireExchange): Uint8Array {
  return Buffer.concat(exchange.chunks.map((chunk) => chunk.bytes));
}

/** The whole body as UTF-8; invalid bytes become U+FFFD. */
export function textOf(exchange: WireExchange): string {
  return Buffer.concat(exchange.chunks.map((chunk) => chunk.bytes)).toString("utf8");
}

/** The body as JSON; `undefined` where it is none. */
export function jsonOf(exchange: WireExchange): unknown {
  try {
    return JSON.parse(textOf(exchange));
  } catch {
    // Whatever is not JSON has no JSON value; the caller's expectation names what was there instead.
    return undefined;
  }
}

/** The body as a JSON object; an empty one where it is something else, so that members can be looked at. */
export function objectOf(exchange: WireExchange): Readonly<Record<string, unknown>> {
  const value = jsonOf(exchange);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
