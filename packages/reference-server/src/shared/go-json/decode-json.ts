import { GoJsonError, type JsonNode } from "./parse-json.js";

/** What a JSON value must be, named as the daemon's messages name it. */
export type GoType =
  | { readonly kind: "string" }
  | { readonly kind: "bool" }
  | { readonly kind: "integer"; readonly name: string; readonly min: number; readonly max: number }
  | { readonly kind: "map"; readonly name: string; readonly values: GoType }
  | { readonly kind: "slice"; readonly name: string; readonly items: GoType }
  | { readonly kind: "struct"; readonly name: string; readonly fields: Readonly<Record<string, GoType>> };

/** The `string` type. */
export const goString: GoType = { kind: "string" };
/** The `bool` type. */
export const goBool: GoType = { kind: "bool" };
/** The `int64` type; beyond 2^53 digits are lost, as no field needs them. */
export const goInt64: GoType = { kind: "integer", name: "int64", min: -(2 ** 63), max: 2 ** 63 };
/** The `int` type. */
export const goInt: GoType = { kind: "integer", name: "int", min: -(2 ** 63), max: 2 ** 63 };
/** The `uint32` type. */
export const goUint32: GoType = { kind: "integer", name: "uint32", min: 0, max: 2 ** 32 - 1 };

/** What a decoder makes of what it does not know. */
export interface DecodeJsonOptions {
  /** `ignore` unless given; `refuse` throws for a field that a struct does not have (`egress.md` 4.3). */
  readonly unknownFields?: "ignore" | "refuse";
}

/**
 * Turns a parsed value into plain data of the given type.
 *
 * `null` leaves a value out, unknown fields are ignored unless the options say otherwise, field names match
 * case-insensitively and the last of equal names wins (`execd.md` 1, Body parsing). Throws {@link GoJsonError} with the
 * daemon's text for the first value of a wrong type.
 */
export function decodeJson(
  node: JsonNode,
  type: GoType,
  { unknownFields = "ignore" }: DecodeJsonOptions = {},
): unknown {
  return decode(node, type, { structName: "", path: [], unknownFields });
}

interface Context {
  readonly structName: string;
  readonly path: readonly string[];
  readonly unknownFields: "ignore" | "refuse";
}

function decode(node: JsonNode, type: GoType, context: Context): unknown {
  if (node.kind === "null") return undefined;
  switch (type.kind) {
    case "string":
      return node.kind === "string" ? node.value : mismatch(node, type, context);
    case "bool":
      return node.kind === "bool" ? node.value : mismatch(node, type, context);
    case "integer":
      return decodeInteger(node, type, context);
    case "map":
      return node.kind === "object" ? decodeMap(node.entries, type.values, context) : mismatch(node, type, context);
    case "slice":
      return node.kind === "array"
        ? node.items.map((item) => decode(item, type.items, context))
        : mismatch(node, type, context);
    case "struct":
      return node.kind === "object" ? decodeStruct(node.entries, type, context) : mismatch(node, type, context);
  }
}

function decodeInteger(node: JsonNode, type: GoType & { kind: "integer" }, context: Context): number {
  if (node.kind !== "number") return mismatch(node, type, context);
  const value = Number(node.raw);
  const isWhole = /^-?\d+$/.test(node.raw) && value >= type.min && value <= type.max;
  return isWhole ? value : mismatch(node, type, context, ` ${node.raw}`);
}

function decodeMap(
  entries: readonly (readonly [string, JsonNode])[],
  values: GoType,
  context: Context,
): Record<string, unknown> {
  const map = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) map[key] = decode(value, values, context);
  return map;
}

function decodeStruct(
  entries: readonly (readonly [string, JsonNode])[],
  type: GoType & { kind: "struct" },
  context: Context,
): Record<string, unknown> {
  const fields = new Map(Object.keys(type.fields).map((name) => [name.toLowerCase(), name]));
  const struct: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    const name = fields.get(key.toLowerCase());
    const fieldType = name === undefined ? undefined : type.fields[name];
    if (name === undefined || fieldType === undefined) {
      if (context.unknownFields === "refuse") throw new GoJsonError(`json: unknown field ${JSON.stringify(key)}`);
      continue;
    }
    const decoded = decode(value, fieldType, { ...context, structName: type.name, path: [...context.path, name] });
    if (decoded !== undefined) struct[name] = decoded;
  }
  return struct;
}

function mismatch(node: JsonNode, type: GoType, context: Context, detail = ""): never {
  const target = "name" in type ? type.name : type.kind;
  const field = `Go struct field ${context.structName.replace(/^.*\./, "")}.${context.path.join(".")} of type ${target}`;
  const where = context.path.length === 0 ? `Go value of type ${target}` : field;
  throw new GoJsonError(`json: cannot unmarshal ${node.kind}${detail} into ${where}`);
}
