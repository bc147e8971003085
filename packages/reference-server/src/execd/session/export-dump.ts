/**
 * Reads the exported variables from the output of `export -p`, in the dialects of bash (`declare -x A="1"`) and sh
 * (`export A='1'`). Lines that are neither are skipped; a variable without a value is the empty string.
 */
export function parseExports(dump: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  let at = 0;
  while (at < dump.length) {
    DECLARATION.lastIndex = at;
    const match = DECLARATION.exec(dump);
    if (match === null) {
      at = endOfLine(dump, at);
      continue;
    }
    const [whole, name = "", assignment] = match;
    const [value, next] = assignment === undefined ? ["", at + whole.length] : readWord(dump, at + whole.length);
    if (isKept(name, value)) variables.set(name, value);
    at = endOfLine(dump, next);
  }
  return variables;
}

/** Quotes a value for a shell. */
export function quoteShell(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

const DECLARATION = /(?:declare -[a-zA-Z]*x[a-zA-Z]*|export) ([A-Za-z_][A-Za-z0-9_]*)(=)?/y;
const MAX_VALUE_BYTES = 8 * 1024;
const DROPPED_NAMES = new Set(["PS1", "PS2", "PS3", "PS4", "PROMPT_COMMAND", "_"]);

/** What survives a run (`execd.md` 4, Persists). */
function isKept(name: string, value: string): boolean {
  return !DROPPED_NAMES.has(name) && Buffer.byteLength(value) <= MAX_VALUE_BYTES;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end + 1;
}

/** The value of one shell word and the offset behind it. */
function readWord(text: string, from: number): [string, number] {
  let value = "";
  let at = from;
  for (;;) {
    const character = text[at];
    if (character === undefined || character === "\n" || character === " ") return [value, at];
    const read =
      character === "'"
        ? readSingle
        : character === '"'
          ? readDouble
          : text.startsWith("$'", at)
            ? readAnsi
            : readPlain;
    const [part, next] = read(text, at);
    value += part;
    at = next;
  }
}

function readPlain(text: string, at: number): [string, number] {
  return text[at] === "\\" ? [text[at + 1] ?? "", at + 2] : [text[at] ?? "", at + 1];
}

function readSingle(text: string, at: number): [string, number] {
  const end = text.indexOf("'", at + 1);
  return end === -1 ? [text.slice(at + 1), text.length] : [text.slice(at + 1, end), end + 1];
}

function readDouble(text: string, from: number): [string, number] {
  let value = "";
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === '"') return [value, at + 1];
    const next = text[at + 1] ?? "";
    const isEscape = character === "\\" && '"\\$`\n'.includes(next) && next !== "";
    value += isEscape ? next : character;
    if (isEscape) at += 1;
  }
  return [value, text.length];
}

const ANSI_ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function readAnsi(text: string, from: number): [string, number] {
  // Octal escapes are single bytes of a multi-byte character, so bytes are collected.
  const bytes: Buffer[] = [];
  for (let at = from + 2; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === "'") return [Buffer.concat(bytes).toString("utf8"), at + 1];
    if (character !== "\\") {
      const whole = String.fromCodePoint(text.codePointAt(at) ?? 0);
      bytes.push(Buffer.from(whole));
      at += whole.length - 1;
      continue;
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0];
    if (octal !== undefined) bytes.push(Buffer.from([Number.parseInt(octal, 8) & 0xff]));
    else bytes.push(Buffer.from(ANSI_ESCAPES[text[at + 1] ?? ""] ?? text[at + 1] ?? ""));
    at += octal?.length ?? 1;
  }
  return [Buffer.concat(bytes).toString("utf8"), text.length];
}
