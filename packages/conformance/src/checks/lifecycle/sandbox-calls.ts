import type { CheckContext } from "../../model/check-context.js";
import { objectOf, statusOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";

/** An id that no server has given. */
export const UNKNOWN_ID = "7b1d3c5e-0a2f-4c6b-8d9e-1f2a3b4c5d6e";

/** The path of a sandbox, or of something below it. */
export function sandboxPath(id: string, below = ""): string {
  return `/v1/sandboxes/${id}${below}`;
}

/** The state that an answer shows; `gone` for 404, `undefined` where there is none. */
export function stateOf(answer: WireExchange): string | undefined {
  if (statusOf(answer) === 404) return "gone";
  const status = objectOf(answer)["status"] as { readonly state?: unknown } | undefined;
  return typeof status?.state === "string" ? status.state : undefined;
}

/** Reads the state until it is one of the wanted ones, for at most a minute; gives the last one seen. */
export async function awaitState(
  context: CheckContext,
  id: string,
  wanted: readonly string[],
): Promise<string | undefined> {
  const answer = await context.waitUntil(
    () => context.lifecycle.call({ method: "GET", path: sandboxPath(id) }),
    (seen) => wanted.includes(stateOf(seen) ?? ""),
    60_000,
  );
  return stateOf(answer);
}

/** Whether a request was refused as the client's own fault. */
export function isRefusal(answer: WireExchange): boolean {
  return statusOf(answer) >= 400 && statusOf(answer) < 500;
}

/** The code of an error answer in the documented form, `undefined` in any other. */
export function codeOf(answer: WireExchange): string | undefined {
  const { code, message } = objectOf(answer);
  return typeof code === "string" && code !== "" && typeof message === "string" ? code : undefined;
}

/** A sandbox with metadata, variables and a time to live of its own; the checks that read them share it. */
export const RICH_FIELDS = {
  timeout: 1800,
  metadata: { "rx-team": "ml", "rx.example/stage": "A_b-1.c", "rx-empty": "" },
  env: { RX_PLAIN: "plain", RX_ODD: "a b\"c'd$HOME\\n=ü" },
} as const;

/** A sandbox whose expiry one check moves and whose metadata another patches; nobody else looks at it. */
export const CHANGING_FIELDS = { timeout: 900, metadata: { "rx-from-create": "yes", "rx-patched": "yes" } } as const;

/** The pair by which the list gives the sandboxes of this run only. */
export function runPair(context: CheckContext): readonly [key: string, value: string] {
  const [pair] = Object.entries(context.createRequest()["metadata"] as Record<string, string>);
  return pair ?? ["", ""];
}

/** A metadata filter as the list takes it: pairs encoded once each, and the whole once more (`divergences.md` L16). */
export function metadataQuery(pairs: Readonly<Record<string, string>>): string {
  const joined = Object.entries(pairs)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join("&");
  return `metadata=${encodeURIComponent(joined)}`;
}

/** A list as it was answered. */
export interface ListAnswer {
  readonly status: number;
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly ids: readonly string[];
  readonly pagination: Readonly<Record<string, unknown>>;
}

/** Asks for a list. */
export async function list(context: CheckContext, query: string): Promise<ListAnswer> {
  const answer = await context.lifecycle.call({ method: "GET", path: `/v1/sandboxes?${query}` });
  const { items, pagination } = objectOf(answer);
  const found = Array.isArray(items) ? (items as Readonly<Record<string, unknown>>[]) : [];
  return {
    status: statusOf(answer),
    items: found,
    ids: found.map((item) => String(item["id"])),
    pagination: typeof pagination === "object" && pagination !== null ? (pagination as Record<string, unknown>) : {},
  };
}
