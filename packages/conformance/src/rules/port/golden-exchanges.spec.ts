import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { modelRules } from "../model-rules.js";
import { readAnswer } from "../read-answer.js";
import type { RuleOp } from "../rule-port.js";
import { rulesInProcess } from "../rules-in-process.js";
import { goldenExchanges } from "./golden-exchanges.js";

const golden = goldenExchanges();
const schema = JSON.parse(readFileSync(new URL("../../../port.schema.json", import.meta.url), "utf8")) as Schema;

/** The keywords that the schema of the port uses. */
interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function isValid(part: Schema, value: unknown): boolean {
  if (part.$ref !== undefined) return isValid(schema.$defs?.[part.$ref.replace("#/$defs/", "")] as Schema, value);
  if (part.const !== undefined && part.const !== value) return false;
  if (part.enum !== undefined && !part.enum.includes(value)) return false;
  const types = part.type === undefined ? undefined : [part.type].flat();
  if (types !== undefined && !types.includes(typeOf(value)) && !(types.includes("integer") && Number.isInteger(value)))
    return false;
  if (part.minimum !== undefined && Number(value) < part.minimum) return false;
  if (part.oneOf !== undefined && part.oneOf.filter((one) => isValid(one, value)).length !== 1) return false;
  if (part.anyOf !== undefined && !part.anyOf.some((one) => isValid(one, value))) return false;
  if (Array.isArray(value)) return value.every((item) => part.items === undefined || isValid(part.items, item));
  if (typeOf(value) !== "object") return true;
  const object = value as Readonly<Record<string, unknown>>;
  if ((part.required ?? []).some((key) => !(key in object))) return false;
  return Object.entries(part.properties ?? {}).every(([key, own]) => !(key in object) || isValid(own, object[key]));
}

describe("goldenExchanges", () => {
  it("are thirty, of every operation and every kind of answer", () => {
    expect(golden).toHaveLength(30);
    expect(new Set(golden.map(({ request }) => request["op"]))).toEqual(
      new Set(["hello", "decode", "infer", "merge", "remove"]),
    );
    const answers = golden.flatMap(({ answer }) => [answer["error"], answer["ended"]]);
    for (const kind of ["empty", "action", "target", "limit", "complete", "truncated"]) expect(answers).toContain(kind);
  });

  it("are what the model answers", async () => {
    const model = rulesInProcess("model", modelRules);
    for (const { request, answer } of golden.slice(1)) {
      const { id, ...result } = answer;
      expect(id).toBe(request["id"]);
      expect(await model.ask(request)).toEqual(result);
      expect(() => readAnswer(request["op"] as RuleOp, answer)).not.toThrow();
    }
  });

  it("are each one message of the schema, and the schema refuses others", () => {
    for (const { request, answer } of golden) {
      expect([request, isValid(schema, request)]).toEqual([request, true]);
      expect([answer, isValid(schema, answer)]).toEqual([answer, true]);
    }
    for (const wrong of [
      {},
      { op: "decode", id: 1 },
      { id: 1, exitCode: "0" },
      { id: 1, items: [{}], ended: "complete" },
      { id: 1, items: [], ended: "maybe" },
      { id: 1, error: "other" },
      { port: 2, name: "x", version: "1", ops: [] },
    ])
      expect(isValid(schema, wrong)).toBe(false);
  });
});
