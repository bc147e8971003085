// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const page = "docs/errors.md";
const union = "packages/transport/src/errors/sandbox-error.ts";
const rule = "packages/protocol/dist/index.js";
/** The methods of the columns of the table of repetitions. */
const methods = [
  ["GET", "HEAD", "PUT", "DELETE"],
  ["POST", "PATCH"],
];

/**
 * The page of errors lists every code, and says of repetitions what `isRetryable` does. Reads the build of protocol.
 * @type {import("./workspace.mjs").Gate}
 */
export const errorPage = {
  name: "error page",
  check: async (root) => {
    const text = existsSync(join(root, page)) ? readFileSync(join(root, page), "utf8") : "";
    /** @type {{ isRetryable: import("@rxsandbox/protocol").isRetryable }} */
    const { isRetryable } = await import(pathToFileURL(join(root, rule)).href);
    return [
      ...codeViolations(text, readFileSync(join(root, union), "utf8")),
      ...retryViolations(text, isRetryable),
    ].map((problem) => `${page}: ${problem}`);
  },
};

/**
 * @param {string} text of the page
 * @param {string} source of the union
 */
function codeViolations(text, source) {
  const declared = /export type SandboxErrorCode =([^;]*);/.exec(source.replace(/\/\*[^]*?\*\//g, ""))?.[1] ?? "";
  const codes = [...declared.matchAll(/^\s*\| "([^"]+)"/gm)].map(([, code]) => code ?? "");
  const rows = tableBelow(text, "Codes").map(([code = "", ...cells]) => ({ code: code.replaceAll("`", ""), cells }));
  const listed = rows.map(({ code }) => code);
  return [
    ...(codes.length === 0 ? ["no code found in the union"] : []),
    ...codes.filter((code) => !listed.includes(code)).map((code) => `${code} is missing`),
    ...listed
      .filter((code, index) => !codes.includes(code) || listed.indexOf(code) !== index)
      .map((code) => `${code} is not a code, or is duplicated`),
    ...rows
      .filter(({ cells }) => cells.length !== 4 || cells.includes(""))
      .map(({ code }) => `${code} does not fill every column`),
  ];
}

/**
 * @param {string} text of the page
 * @param {import("@rxsandbox/protocol").isRetryable} isRetryable
 */
function retryViolations(text, isRetryable) {
  const rows = new Map(tableBelow(text, "What is repeated").map(([what = "", ...answers]) => [what, answers]));
  /** @param {string} row @param {{ status?: number, sent: boolean }} attempt */
  const compare = (row, attempt) => {
    const listed = rows.get(row);
    const right = methods.map((column) => column.every((method) => isRetryable({ ...attempt, method })));
    const isUniform = methods.every(
      (column) => new Set(column.map((method) => isRetryable({ ...attempt, method }))).size === 1,
    );
    return isUniform && listed?.join() === right.map((answer) => (answer ? "yes" : "no")).join()
      ? []
      : [`"${row}" is not what isRetryable says of ${attempt.status ?? "no answer"}`];
  };
  const statuses = Array.from({ length: 200 }, (_, index) => 400 + index);
  return [
    ...compare("no byte was sent", { sent: false }),
    ...compare("sent, no answer", { sent: true }),
    ...statuses.flatMap((status) =>
      compare(rows.has(String(status)) ? String(status) : "any other status", { status, sent: true }),
    ),
  ];
}

/**
 * The cells of the first table below a heading, without its head.
 * @param {string} text
 * @param {string} heading
 */
function tableBelow(text, heading) {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line === `## ${heading}`);
  const first = lines.findIndex((line, index) => index > from && line.startsWith("|"));
  if (from === -1 || first === -1) return [];
  const last = lines.findIndex((line, index) => index > first && !line.startsWith("|"));
  return lines.slice(first + 2, last === -1 ? undefined : last).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
