import type { Redactor } from "../redaction/redactor.js";

/** What the body of an error answer says, without secrets. */
export interface ErrorBody {
  readonly serverCode: string | undefined;
  /** One line of at most 300 characters, fit for a message. */
  readonly message: string;
  /** The whole, redacted; `undefined` for an empty body and for one that cannot be shown without risk. */
  readonly body: unknown;
}

const MAX_MESSAGE_LENGTH = 300;
const MAX_PROBLEMS = 5;
const decoder = new TextDecoder();

/**
 * Understands every error body of the three APIs: `{code,message}`, `{error:"…"}`, `{error:{code,message}}`,
 * `{detail:"…"}`, `{detail:[{loc,msg}]}`, plain text, HTML and nothing (`lifecycle.md` 1.1 and 10, `execd.md` 1,
 * `egress.md` 1).
 *
 * A validation answer echoes the request, secrets too: only `type`, `loc` and `msg` of each problem are looked at.
 */
export function readErrorBody(bytes: Uint8Array, redactor: Redactor): ErrorBody {
  const text = decoder.decode(bytes).trim();
  if (text === "") return { serverCode: undefined, message: "", body: undefined };
  if (/^[{["]/.test(text)) return readJson(text, redactor);
  const safe = redactor.text(text);
  // Control characters other than white space: not a text.
  if (/[^\P{Cc}\s]|\ufffd/u.test(safe)) return { serverCode: undefined, message: "", body: undefined };
  // A page is for eyes, not for a message.
  return { serverCode: undefined, message: safe.startsWith("<") ? "" : oneLine(safe), body: safe };
}

function readJson(text: string, redactor: Redactor): ErrorBody {
  const value = parseFirst(text);
  // Cut at the bound or broken: it may echo the request in the middle, so nothing of it is shown.
  if (value === undefined) return { serverCode: undefined, message: "", body: undefined };
  if (typeof value === "string")
    return { serverCode: undefined, message: oneLine(redactor.text(value)), body: redactor.text(value) };
  const { error, detail, ...rest } = Object(value) as Readonly<Record<string, unknown>>;
  if (Array.isArray(detail)) {
    const problems = detail.slice(0, MAX_PROBLEMS).map(readProblem);
    return {
      serverCode: textOf(rest["code"]),
      message: oneLine(
        redactor.text(problems.map(({ loc, msg }) => (loc.length === 0 ? msg : `${loc.join(".")}: ${msg}`)).join("; ")),
      ),
      body: redactor.json({ detail: problems }),
    };
  }
  const inner = [error, detail].find((part) => typeof part === "object" && part !== null) ?? rest;
  const { code, message } = inner as Readonly<Record<string, unknown>>;
  return {
    serverCode: textOf(code),
    message: oneLine(redactor.text(textOf(message) ?? textOf(error) ?? textOf(detail) ?? "")),
    body: redactor.json(value),
  };
}

/** execd may write a success after the error (recording `execd/pty/errors`): the first object counts. */
function parseFirst(text: string): unknown {
  for (const part of [text, text.slice(0, text.indexOf("}{") + 1)]) {
    try {
      return JSON.parse(part) as unknown;
    } catch {
      // The next part, or nothing.
    }
  }
  return undefined;
}

interface Problem {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
}

/** `input`, `ctx` and whatever else there is are left behind. */
function readProblem(value: unknown): Problem {
  const { type, loc, msg } = Object(value) as Readonly<Record<string, unknown>>;
  return {
    type: textOf(type) ?? "",
    loc: Array.isArray(loc)
      ? loc.filter((part): part is string | number => typeof part === "string" || typeof part === "number")
      : [],
    msg: textOf(msg) ?? "",
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** One line of at most 300 characters, fit for a message. */
export function oneLine(text: string): string {
  const line = text
    .slice(0, 4 * MAX_MESSAGE_LENGTH)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  return line.length <= MAX_MESSAGE_LENGTH
    ? line
    : `${line.slice(0, MAX_MESSAGE_LENGTH - 1).replace(/\p{Surrogate}$/u, "")}…`;
}
