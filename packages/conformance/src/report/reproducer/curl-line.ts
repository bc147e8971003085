import type { Operation } from "../../model/operation.js";
import type { ShellWords } from "./shell-words.js";

/** A hang-up is at least this late: a slower server has then sent as much as the recorded one. */
const MIN_HANG_UP_SECONDS = 2;
/** Longer bodies do not fit on a command line. */
const MAX_ARGUMENT = 8_000;

/**
 * Writes one operation as a `curl` command that keeps head and body of the answer in `$dir/<number>.head` and `.body`.
 */
export function curlLine(
  { target, method, path, headers, body, hangUpAfterMs }: Operation,
  number: number,
  words: ShellWords,
): string {
  // An endpoint is given without a scheme; it has that of the server that gave it.
  const base = /^\$(execd|egress)\d+$/.test(target)
    ? `"\${lifecycle%%:*}://$${words.variable(target)}"`
    : `"$${words.variable(target)}"`;
  const sent = body === undefined ? undefined : "text" in body ? body.text : Buffer.from(body.base64, "base64");
  const isArgument = body !== undefined && hasArgumentBody({ body });
  const feed =
    sent === undefined || isArgument
      ? ""
      : typeof sent === "string" && !sent.includes("\0")
        ? `printf %s ${words.word(sent)} | `
        : `printf '${octal(Buffer.from(sent))}' | `;
  // curl would add a content type of its own.
  const isTyped = sent === undefined || Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  const parts = [
    "curl -sN",
    hangUpAfterMs === undefined ? "" : `--max-time ${Math.max(MIN_HANG_UP_SECONDS, Math.ceil(hangUpAfterMs / 1000))}`,
    method === "HEAD" ? "-I" : `-X ${method}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${words.word(`${name}: ${value}`)}`),
    isTyped ? "" : "-H 'Content-Type:'",
    sent === undefined ? "" : isArgument ? `--data-raw ${words.word(String(sent))}` : "--data-binary @-",
    `-D "$dir/${number}.head" -o "$dir/${number}.body"`,
    `${base}${words.word(path)}`,
  ];
  return `${feed}${parts.filter((part) => part !== "").join(" ")}`;
}

/** Whether an operation has no body, or one that fits on a command line; any other is piped. */
export function hasArgumentBody({ body }: Pick<Operation, "body">): boolean {
  return body === undefined || ("text" in body && body.text.length <= MAX_ARGUMENT && !body.text.includes("\0"));
}

function octal(bytes: Buffer): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
