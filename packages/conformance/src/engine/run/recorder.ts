import { headerOf, jsonOf, textOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";
import type { Capture, Operation } from "../../model/operation.js";

/** The generated value behind a case of a property, and which of the property's tries it was. */
export interface GeneratedCase {
  /** As JSON. */
  readonly value: unknown;
  /** Counted from 1; it fixes the random values of the case. */
  readonly attempt: number;
}

/** What one case did: literal operations, and what came back for each. */
export interface CaseRecord {
  readonly operations: readonly Operation[];
  /** The answer of the operation at the same index; `undefined` while it runs. */
  readonly exchanges: readonly (WireExchange | undefined)[];
  /** Present for a case of a property. */
  readonly generated?: GeneratedCase;
}

/** A request as the recorder sees it. */
export interface RecordedRequest extends Omit<Operation, "after" | "delayMs" | "captures" | "body" | "hangUpAfterMs"> {
  readonly body: Uint8Array | undefined;
  readonly captures: readonly { readonly name: string; readonly from: string }[];
}

/** Writes down the operations of a check, with symbols instead of values that differ from run to run. */
export interface Recorder {
  /** Says that an operation starts; the result is called with its answer. */
  begin(request: RecordedRequest): (exchange: WireExchange) => void;
  /** Takes over what made a fixture, once; its symbols count from now on. */
  adopt(fixture: FixtureRecord): void;
  /** Gives a value a symbol. */
  name(value: string, symbol: string): void;
  /** Forgets the operations of the last case; fixtures in use stay. */
  restart(): void;
  /** Makes what was done so far in this case the record, whatever comes after. */
  pin(generated: GeneratedCase): void;
  readonly record: CaseRecord;
  readonly symbols: ReadonlyMap<string, string>;
}

/** The operations that made a fixture, and what its values are called. */
export interface FixtureRecord {
  readonly record: CaseRecord;
  readonly symbols: ReadonlyMap<string, string>;
}

/** Numbers captured values across a run, so that two fixtures never share a symbol. */
export type SymbolCounter = (name: string) => string;

/** Makes the counter of a run: `sandbox` gives `$sandbox1`, `$sandbox2` and so on. */
export function symbolCounter(): SymbolCounter {
  const counts = new Map<string, number>();
  return (name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return `$${name}${count}`;
  };
}

/** Makes a recorder; `now` gives milliseconds. */
export function recorder(now: () => number, nextSymbol: SymbolCounter): Recorder {
  const symbols = new Map<string, string>();
  let fixtures: FixtureRecord[] = [];
  let operations: Operation[] = [];
  let exchanges: (WireExchange | undefined)[] = [];
  let ends: (number | undefined)[] = [];
  let startedAt = now();
  let generation = 0;
  let pinned: CaseRecord | undefined;

  const substitute = (text: string): string => {
    const ordered = [...symbols].filter(([value]) => value.length >= 3).sort(([a], [b]) => b.length - a.length);
    return ordered.reduce(
      (result, [value, symbol]) => result.replaceAll(value, symbol).replaceAll(encodeURIComponent(value), symbol),
      text,
    );
  };
  const lastEnded = (): number | undefined => {
    let found: number | undefined;
    for (const [index, endedAt] of ends.entries()) {
      if (endedAt !== undefined && (found === undefined || endedAt >= (ends[found] ?? 0))) found = index;
    }
    return found;
  };
  const append = ({ record, symbols: names }: FixtureRecord): void => {
    const offset = operations.length;
    for (const [value, symbol] of names) symbols.set(value, symbol);
    operations.push(
      ...record.operations.map((operation) =>
        operation.after === undefined ? operation : { ...operation, after: operation.after + offset },
      ),
    );
    exchanges.push(...record.exchanges);
    ends.push(...record.exchanges.map(() => now()));
  };

  return {
    begin(request) {
      const index = operations.length;
      const mine = generation;
      const after = lastEnded();
      const { body, captures, ...rest } = request;
      const named: Capture[] = captures.map(({ name, from }) => ({ symbol: nextSymbol(name), from }));
      operations.push({
        ...rest,
        path: substitute(rest.path),
        headers: Object.fromEntries(Object.entries(rest.headers).map(([name, value]) => [name, substitute(value)])),
        ...(body === undefined ? {} : { body: bodyText(body, substitute) }),
        ...(after === undefined ? {} : { after }),
        delayMs: Math.round(now() - (after === undefined ? startedAt : (ends[after] ?? startedAt))),
        captures: named,
      });
      exchanges.push(undefined);
      ends.push(undefined);
      return (exchange) => {
        // An answer of an earlier case of a property is nobody's any more.
        if (mine !== generation) return;
        exchanges[index] = exchange;
        ends[index] = now();
        const operation = operations[index];
        if (operation !== undefined && exchange.end === "client")
          operations[index] = { ...operation, hangUpAfterMs: Math.round(exchange.endedAtMs) };
        for (const { symbol, from } of named) {
          const value = capturedValue(exchange, from);
          if (value !== undefined) symbols.set(value, symbol);
        }
      };
    },
    adopt(fixture) {
      if (fixtures.includes(fixture)) return;
      fixtures.push(fixture);
      append(fixture);
    },
    name: (value, symbol) => void symbols.set(value, symbol),
    restart() {
      generation++;
      [operations, exchanges, ends, startedAt] = [[], [], [], now()];
      const kept = fixtures;
      fixtures = [];
      for (const fixture of kept) {
        fixtures.push(fixture);
        append(fixture);
      }
    },
    pin: (generated) => void (pinned = { operations: [...operations], exchanges: [...exchanges], generated }),
    get record() {
      return pinned ?? { operations: [...operations], exchanges: [...exchanges] };
    },
    symbols,
  };
}

function bodyText(body: Uint8Array, substitute: (text: string) => string): NonNullable<Operation["body"]> {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const text = buffer.toString("utf8");
  return Buffer.from(text, "utf8").equals(buffer) ? { text: substitute(text) } : { base64: buffer.toString("base64") };
}

/** The value that a capture names; `undefined` where the answer has none. */
export function capturedValue(exchange: WireExchange, from: string): string | undefined {
  const [kind, place = ""] = split(from);
  if (kind === "header") return headerOf(exchange, place);
  if (kind === "init") return /"type"\s*:\s*"init"[^\n]*?"text"\s*:\s*"([^"]+)"/.exec(textOf(exchange))?.[1];
  let value: unknown = jsonOf(exchange);
  for (const key of place.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[key.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function split(from: string): [string, string?] {
  const at = from.indexOf(":");
  return at === -1 ? [from] : [from.slice(0, at), from.slice(at + 1)];
}
