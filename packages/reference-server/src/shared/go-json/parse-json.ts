/** One parsed JSON value; numbers keep their text because decoder messages quote it. */
export type JsonNode =
  | { readonly kind: "null" }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "number"; readonly raw: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, JsonNode])[] };

/** A body that is not JSON, or JSON of the wrong shape; the message is the daemon's. */
export class GoJsonError extends Error {
  override readonly name: string = "GoJsonError";
}

/**
 * Parses JSON with the messages of the daemon's decoder.
 *
 * `first` takes the first value and ignores what follows (`execd.md` 1, Body parsing); `whole` refuses anything but
 * white space after it. Throws {@link GoJsonError}.
 */
export function parseJson(text: string, extent: "first" | "whole"): JsonNode {
  const scanner = new Scanner(text, extent === "first" ? "unexpected EOF" : "unexpected end of JSON input");
  scanner.skipSpace();
  if (scanner.ended && extent === "first") throw new GoJsonError("EOF");
  const node = scanner.value(0);
  if (extent === "whole") {
    scanner.skipSpace();
    if (!scanner.ended) scanner.refuse("after top-level value");
  }
  return node;
}

const MAX_DEPTH = 10_000;
/** A value may take two bytes of a body and a hundred of memory: more are refused before they exhaust the daemon. */
const MAX_VALUES = 1_000_000;
const LITERALS: Readonly<Record<string, readonly [string, JsonNode]>> = {
  t: ["true", { kind: "bool", value: true }],
  f: ["false", { kind: "bool", value: false }],
  n: ["null", { kind: "null" }],
};

class Scanner {
  readonly #text: string;
  readonly #endMessage: string;
  #at = 0;
  #values = 0;

  constructor(text: string, endMessage: string) {
    this.#text = text;
    this.#endMessage = endMessage;
  }

  get ended(): boolean {
    return this.#at >= this.#text.length;
  }

  skipSpace(): void {
    while (" \t\r\n".includes(this.#text[this.#at] ?? "x")) this.#at += 1;
  }

  refuse(context: string): never {
    if (this.ended) throw new GoJsonError(this.#endMessage);
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    const quoted = character === "'" ? "\\'" : character === '"' ? '"' : JSON.stringify(character).slice(1, -1);
    throw new GoJsonError(`invalid character '${quoted}' ${context}`);
  }

  value(depth: number): JsonNode {
    if (depth > MAX_DEPTH) throw new GoJsonError("exceeded max depth");
    if (++this.#values > MAX_VALUES) throw new GoJsonError(`more than ${MAX_VALUES} values`);
    this.skipSpace();
    const character = this.#text[this.#at] ?? "";
    if (character === "{") return this.#object(depth);
    if (character === "[") return this.#array(depth);
    if (character === '"') return { kind: "string", value: this.#string() };
    if (character === "-" || isDigit(character)) return { kind: "number", raw: this.#number() };
    const literal = LITERALS[character];
    if (literal === undefined || character === "") this.refuse("looking for beginning of value");
    const [word, node] = literal;
    for (const expected of word) {
      if (this.#text[this.#at] !== expected) this.refuse(`in literal ${word} (expecting '${expected}')`);
      this.#at += 1;
    }
    return node;
  }

  #object(depth: number): JsonNode {
    const entries: (readonly [string, JsonNode])[] = [];
    this.#at += 1;
    this.skipSpace();
    if (this.#take("}")) return { kind: "object", entries };
    for (;;) {
      this.skipSpace();
      if (this.#text[this.#at] !== '"') this.refuse("looking for beginning of object key string");
      const key = this.#string();
      this.skipSpace();
      if (!this.#take(":")) this.refuse("after object key");
      entries.push([key, this.value(depth + 1)]);
      this.skipSpace();
      if (this.#take("}")) return { kind: "object", entries };
      if (!this.#take(",")) this.refuse("after object key:value pair");
    }
  }

  #array(depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.#at += 1;
    this.skipSpace();
    if (this.#take("]")) return { kind: "array", items };
    for (;;) {
      items.push(this.value(depth + 1));
      this.skipSpace();
      if (this.#take("]")) return { kind: "array", items };
      if (!this.#take(",")) this.refuse("after array element");
    }
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(code) || code < 0x20) this.refuse("in string literal");
      this.#at += 1;
      if (code === 0x22) break;
      if (code === 0x5c) this.#escape();
    }
    // The checks above accept exactly what JSON.parse accepts; half surrogate pairs become U+FFFD.
    return (JSON.parse(this.#text.slice(start, this.#at)) as string).replace(LONE_SURROGATE, "\ufffd");
  }

  #escape(): void {
    const escaped = this.#text[this.#at] ?? "";
    if (escaped === "" || !'"\\/bfnrtu'.includes(escaped)) this.refuse("in string escape code");
    this.#at += 1;
    for (let digits = 0; escaped === "u" && digits < 4; digits += 1) {
      if (!/^[0-9a-fA-F]$/.test(this.#text[this.#at] ?? "")) this.refuse("in \\u hexadecimal character escape");
      this.#at += 1;
    }
  }

  #number(): string {
    const start = this.#at;
    this.#take("-");
    if (!this.#take("0")) this.#digits("in numeric literal");
    if (this.#take(".")) this.#digits("after decimal point in numeric literal");
    if (this.#take("e") || this.#take("E")) {
      if (!this.#take("+")) this.#take("-");
      this.#digits("in exponent of numeric literal");
    }
    return this.#text.slice(start, this.#at);
  }

  #digits(context: string): void {
    if (!isDigit(this.#text[this.#at] ?? "")) this.refuse(context);
    while (isDigit(this.#text[this.#at] ?? "")) this.#at += 1;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function isDigit(character: string): boolean {
  return character >= "0" && character <= "9" && character.length === 1;
}
