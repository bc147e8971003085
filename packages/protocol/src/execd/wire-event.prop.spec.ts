import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExecutionEvent, TextUnit } from "../execution-event.js";
import { fromWireEvent } from "./from-wire-event.js";
import { toWireEvent } from "./to-wire-event.js";

const unit: fc.Arbitrary<TextUnit> = fc.constantFrom("line", "chunk");
const timestamp = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const text = fc.string({ unit: "binary" });
const knownTypes = [
  "init",
  "ping",
  "stdout",
  "stderr",
  "status",
  "execution_count",
  "execution_complete",
  "result",
  "error",
];

const event = (of: TextUnit): fc.Arbitrary<ExecutionEvent> =>
  fc.oneof(
    fc.record({ type: fc.constant("init" as const), id: text, timestamp }),
    fc.record({ type: fc.constantFrom("stdout" as const, "stderr" as const), text, unit: fc.constant(of), timestamp }),
    fc.record({ type: fc.constant("status" as const), text, timestamp }),
    fc.record({ type: fc.constant("ping" as const), timestamp }),
    fc.record({ type: fc.constant("execution_count" as const), executionCount: fc.nat(), timestamp }),
    fc.record({ type: fc.constant("execution_complete" as const), executionTimeMs: fc.nat(), timestamp }),
    fc.record({ type: fc.constant("result" as const), results: fc.dictionary(fc.string(), fc.jsonValue()), timestamp }),
    fc.record({
      type: fc.constant("error" as const),
      error: fc.record({ name: text, value: text, traceback: fc.array(text) }),
      timestamp,
    }),
    fc
      .record({ wireType: fc.string().filter((name) => !knownTypes.includes(name)), extra: fc.jsonValue(), timestamp })
      .map((at): ExecutionEvent => ({
        type: "unknown",
        wireType: at.wireType,
        raw: { type: at.wireType, extra: at.extra, timestamp: at.timestamp },
        timestamp: at.timestamp,
      })),
  );

const fieldValue = fc.oneof(
  fc.jsonValue(),
  fc.constant(undefined),
  text,
  fc.integer(),
  fc.constant(Number.POSITIVE_INFINITY),
);

describe("fromWireEvent and toWireEvent", () => {
  it("for any event, the wire form read back is the event", () => {
    fc.assert(
      fc.property(
        unit.chain((of) => fc.tuple(fc.constant(of), event(of))),
        ([of, original]) => {
          const throughJson = JSON.parse(JSON.stringify(toWireEvent(original))) as Record<string, unknown>;
          expect(fromWireEvent(throughJson, of)).toEqual(JSON.parse(JSON.stringify(original)));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("for any fields of any JSON type, reading is total, keeps the type or the raw value, and is stable", () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            type: fc.oneof(fc.constantFrom(...knownTypes), fieldValue),
            text: fieldValue,
            execution_count: fieldValue,
            execution_time: fieldValue,
            timestamp: fieldValue,
            results: fieldValue,
            error: fc.oneof(fieldValue, fc.record({ ename: fieldValue, evalue: fieldValue, traceback: fieldValue })),
          },
          { requiredKeys: ["type"] },
        ),
        (raw) => {
          const read = fromWireEvent(raw, "line");
          expect(Number.isFinite(read.timestamp)).toBe(true);
          if (read.type === "unknown") {
            expect(read.raw).toBe(raw);
            expect(read.wireType).toBe(typeof raw.type === "string" ? raw.type : "");
          } else {
            expect(read.type).toBe(raw.type);
            expect(fromWireEvent(toWireEvent(read) as Record<string, unknown>, "line")).toEqual(read);
          }
          if (raw.type === "error" || raw.type === "execution_complete") expect(read.type).toBe(raw.type);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
