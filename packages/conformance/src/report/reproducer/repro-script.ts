import { reasonText } from "../../model/reason-code.js";
import type { Capture, Operation } from "../../model/operation.js";
import type { WrittenExchange } from "../written-report.js";
import { shortValue } from "../verdict-words.js";
import { curlLine, hasArgumentBody } from "./curl-line.js";
import type { ReproducerCase } from "./reproducer-case.js";
import { scriptFunctions } from "./script-functions.js";
import { type ShellWords, shellWords } from "./shell-words.js";

/** Shorter pauses are those of the machine, not of the check. */
const MIN_PAUSE_MS = 20;

/** Symbols that no answer gives, and the variables of the environment that do. */
const INPUTS: readonly (readonly [symbol: string, name: string])[] = [
  ["$lifecycle", "LIFECYCLE"],
  ["$key", "KEY"],
  ["$execd", "EXECD"],
  ["$token-execd", "EXECD_TOKEN"],
  ["$egress", "EGRESS"],
  ["$token-egress", "EGRESS_TOKEN"],
];

/**
 * Writes a case as a shell script that needs `curl`, `sed` and `grep`, removes what it made, and prints every answer.
 *
 * It shows the case; whether it still fails is judged by `replay`. Addresses and secrets come from the environment:
 * `LIFECYCLE` and `KEY`, or `EXECD`, `EGRESS` and their tokens for servers by address; secret variables of the
 * sandboxes come from variables of the same names.
 */
export function reproScript(reproducer: ReproducerCase): string {
  const operations = reproducer.operations.map(withOwnCaptures);
  const used = new Set(operations.flatMap(({ target, headers }) => [target, ...Object.values(headers)]));
  const inputs = [...INPUTS.filter(([symbol]) => used.has(symbol)), ...variablesOf(operations)];
  const words = shellWords([
    ...inputs.map(([symbol]) => symbol),
    ...operations.flatMap(({ captures }) => captures.map(({ symbol }) => symbol)),
  ]);
  const { check, title, reason, clause, seed, suite, expected, observed } = reproducer;
  const note = (text: string): string => `# ${text.replace(/\s+/g, " ")}`;
  return [
    "#!/bin/sh",
    note(`${check}: ${title}`),
    note(`${reasonText(reason)}: ${clause}`),
    note(
      `Suite ${suite}, seed ${seed}. This shows the recorded requests; "rxsandbox conformance replay case.json" judges them.`,
    ),
    "set -u",
    ...inputs.map(([symbol, name]) => `${words.variable(symbol)}=\${${name}:?}`),
    scriptFunctions,
    ...steps(operations, reproducer.transcript, words),
    "wait",
    ...operations.flatMap((operation, index) =>
      runsBeside(operations, index) && !isPoll(operation, operations[index - 1])
        ? [show(operation, index + 1, words)]
        : [],
    ),
    `echo ${words.word(`expected:      ${shortValue(expected)}`)}`,
    `echo ${words.word(`observed then: ${shortValue(observed)}`)}`,
    "",
  ].join("\n");
}

function steps(
  operations: readonly Operation[],
  transcript: ReproducerCase["transcript"],
  words: ShellWords,
): readonly string[] {
  return operations.flatMap((operation, index) => {
    const number = index + 1;
    // Repeats of one request are polls: one loop, which ends with what the last of them got.
    if (isPoll(operation, operations[index + 1])) return [];
    const isPolled = isPoll(operation, operations[index - 1]);
    const isBeside = runsBeside(operations, index);
    if (isChained(operation, operations[index + 1])) return [];
    const links = chainTo(operations, index);
    // The operations of one kept-alive connection are one command.
    const call = links
      .map(
        (link, place) =>
          (place === 0 ? "" : " \\\n  --next ") +
          curlLine(operations[link] ?? operation, link + 1, words).slice(place === 0 ? 0 : "curl ".length),
      )
      .join("");
    return [
      ...(operation.delayMs >= MIN_PAUSE_MS && !isPolled ? [`sleep ${(operation.delayMs / 1000).toFixed(2)}`] : []),
      ...(isPolled
        ? [
            "for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do",
            `  ${call}`,
            `  if ${pollEnd(number, transcript[index])}; then break; fi`,
            "  sleep 0.5",
            "done",
          ]
        : [isBeside ? `${call} &` : call]),
      ...operation.captures.map((capture) => `${words.variable(capture.symbol)}=$(${captured(capture, number)})`),
      ...cleanUp(operation, words),
      ...(isBeside ? [] : links.map((link) => show(operations[link] ?? operation, link + 1, words))),
    ];
  });
}

/** The secret variables of sandboxes, which stand in the bodies of creates. */
function variablesOf(operations: readonly Operation[]): readonly (readonly [symbol: string, name: string])[] {
  const texts = operations.flatMap(({ body }) => (body !== undefined && "text" in body ? [body.text] : []));
  const symbols = new Set(texts.flatMap((text) => text.match(/\$env-[A-Za-z_][A-Za-z0-9_]*/g) ?? []));
  return [...symbols].map((symbol) => [symbol, symbol.slice("$env-".length)] as const);
}

/** Every create names what it made, so that it can be removed. */
function withOwnCaptures(operation: Operation, index: number): Operation {
  if (madeBy(operation) === undefined || operation.captures.some(({ from }) => from === "json:/id")) return operation;
  return { ...operation, captures: [...operation.captures, { symbol: `$made${index + 1}`, from: "json:/id" }] };
}

function madeBy({ target, method, path }: Operation): string | undefined {
  if (target !== "$lifecycle" || method !== "POST") return undefined;
  if (/^(\/v1)?\/sandboxes(\?|$)/.test(path)) return "/v1/sandboxes/";
  return /^(\/v1)?\/sandboxes\/[^/]+\/snapshots(\?|$)/.test(path) ? "/v1/snapshots/" : undefined;
}

function cleanUp(operation: Operation, words: ShellWords): readonly string[] {
  const made = madeBy(operation);
  const id = operation.captures.find(({ from }) => from === "json:/id");
  return made === undefined || id === undefined ? [] : [`made="${made}$${words.variable(id.symbol)} $made"`];
}

/** Whether a later operation started before this one had ended. */
function runsBeside(operations: readonly Operation[], index: number): boolean {
  return operations.slice(index + 1).some(({ after }) => (after ?? -1) < index);
}

/**
 * Whether the next operation goes on the connection of this one, right after it; a capture has to be read before it is
 * used.
 */
function isChained(operation: Operation | undefined, next: Operation | undefined): boolean {
  if (
    operation?.connection === undefined ||
    next === undefined ||
    operation.captures.length > 0 ||
    isPoll(operation, next)
  )
    return false;
  return (
    next.connection === operation.connection &&
    next.target === operation.target &&
    hasArgumentBody(operation) &&
    hasArgumentBody(next)
  );
}

/** The places of the operations that share a command with this one, itself last. */
function chainTo(operations: readonly Operation[], index: number): readonly number[] {
  return isChained(operations[index - 1], operations[index]) ? [...chainTo(operations, index - 1), index] : [index];
}

function show({ method, path }: Operation, number: number, words: ShellWords): string {
  return `show ${number} ${words.word(`${method} ${path}`)}`;
}

function isPoll(a: Operation, b: Operation | undefined): boolean {
  return (
    a.method === "GET" &&
    b?.method === "GET" &&
    a.path === b.path &&
    a.target === b.target &&
    JSON.stringify(a.headers) === JSON.stringify(b.headers)
  );
}

function pollEnd(number: number, exchange: WrittenExchange | null | undefined): string {
  const text = exchange?.chunks.map(({ base64 }) => Buffer.from(base64, "base64").toString("latin1")).join("") ?? "";
  const state = /"state"\s*:\s*"(\w+)"/.exec(text)?.[1];
  return state === undefined
    ? `grep -q '^HTTP[^ ]* ${exchange?.head?.status ?? 200}' "$dir/${number}.head"`
    : `grep -q '"state" *: *"${state}"' "$dir/${number}.body"`;
}

function captured({ from }: Capture, number: number): string {
  if (from === "init") return `init ${number}`;
  if (from.startsWith("header:")) return `header ${number} '${from.slice("header:".length)}'`;
  return `field ${number} '${(from.split("/").at(-1) ?? "").replaceAll("~1", "/").replaceAll("~0", "~")}'`;
}
