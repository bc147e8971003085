/** Texts that stand for the same thing in a recording and in an answer. */
export interface Aliases {
  /** Replaced, in this order, by their fixed names. */
  readonly replacements: readonly (readonly [string | RegExp, string])[];
}

const TIMES = new Set(["createdAt", "lastTransitionAt", "timestamp"]);
const ENGINE_CODES = /^DOCKER::SANDBOX_\w+_FAILED$/;
/** What the recorded server's HTTP client and the hops in between add to a request on its way to a service. */
const HOP_HEADERS =
  /^(host|accept|accept-encoding|connection|user-agent|content-length|transfer-encoding|x-forwarded-.*)$/i;

/**
 * Reduces a body to what both servers must agree on: ids, addresses, moments and tokens get fixed names, the engine's
 * own texts and the headers of a hop go, and events are ordered by stream where their order is a race.
 */
export function comparableBody(body: unknown, aliases: Aliases): unknown {
  return reduce(body, aliases);
}

function reduce(value: unknown, aliases: Aliases): unknown {
  if (typeof value === "string") return rename(value, aliases);
  if (Array.isArray(value))
    return isEventList(value) ? reduceEvents(value, aliases) : value.map((item) => reduce(item, aliases));
  if (typeof value !== "object" || value === null) return value;
  const record = value as Record<string, unknown>;
  if (typeof record["code"] === "string" && ENGINE_CODES.test(record["code"]))
    return { code: record["code"], message: "<engine>" };
  const isSandbox = "status" in record && "id" in record;
  return Object.fromEntries(
    Object.entries(record).map(([name, item]) => {
      if (TIMES.has(name) || (name === "expiresAt" && isSandbox)) return [name, "<time>"];
      if (name === "OPENSANDBOX-EGRESS-AUTH") return [name, "<token>"];
      if (name === "headers" && Array.isArray(item)) return [name, serviceHeaders(item as [string, string][])];
      return [name, reduce(item, aliases)];
    }),
  );
}

function rename(text: string, aliases: Aliases): string {
  return aliases.replacements.reduce(
    (result, [from, to]) => result.replaceAll(typeof from === "string" ? from : new RegExp(from, "g"), to),
    text,
  );
}

function serviceHeaders(pairs: readonly (readonly [string, string])[]): string[] {
  return pairs
    .filter(([name]) => !HOP_HEADERS.test(name))
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    .sort();
}

function isEventList(value: readonly unknown[]): value is Record<string, unknown>[] {
  return (
    value.length > 0 &&
    value.every(
      (item) => typeof item === "object" && item !== null && "type" in item && ("timestamp" in item || "text" in item),
    )
  );
}

function reduceEvents(events: readonly Record<string, unknown>[], aliases: Aliases): unknown {
  const kept = events.filter((event) => event["type"] !== "ping");
  const plain = kept.map(({ timestamp: _timestamp, execution_time: _time, ...event }) =>
    event["type"] === "init" ? { type: "init" } : (reduce(event, aliases) as Record<string, unknown>),
  );
  const output = (type: string) => plain.filter((event) => event["type"] === type);
  const rest = plain.filter((event) => event["type"] !== "stdout" && event["type"] !== "stderr");
  return { stdout: output("stdout"), stderr: output("stderr"), rest };
}
