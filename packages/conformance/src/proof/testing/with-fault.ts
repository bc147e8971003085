import { readFileSync } from "node:fs";
import ts from "typescript";
import { codeTokens, type CodeToken } from "./code-tokens.js";

/**
 * One fault: a piece of a source that occurs once, and what stands there instead. The layout and the comments of the
 * source do not matter.
 */
export interface PlantedFault {
  readonly find: string;
  readonly put: string;
}

/** Loads a source file that imports nothing, with a fault planted in its code; gives its exports. */
export function withFault(source: URL, fault: PlantedFault): Readonly<Record<string, unknown>> {
  return loadWithFault(readFileSync(source, "utf8"), fault);
}

/**
 * {@link withFault} for a source that was read already. Throws when the fault does not apply, changes nothing or is not
 * TypeScript.
 */
export function loadWithFault(text: string, fault: PlantedFault): Readonly<Record<string, unknown>> {
  const { outputText, diagnostics = [] } = ts.transpileModule(plant(text, fault), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    reportDiagnostics: true,
  });
  if (diagnostics.length > 0)
    throw new Error(`"${fault.put}" in place of "${fault.find}" is not TypeScript: ${messagesOf(diagnostics)}`);
  const loaded: Record<string, unknown> = {};
  // The text is a file of this repository.
  Reflect.construct(Function, ["exports", outputText])(loaded);
  return loaded;
}

/** Compares tokens, so that a formatter may move every line and the fault still finds its place. */
function plant(text: string, { find, put }: PlantedFault): string {
  const tokens = codeTokens(text);
  const wanted = codeTokens(find);
  const places = [...tokens.keys()].filter((at) => occursAt(tokens, wanted, at));
  const first = tokens[places[0] ?? -1];
  const last = tokens[(places[0] ?? 0) + wanted.length - 1];
  if (places.length !== 1 || first === undefined || last === undefined) {
    throw new Error(`"${find}" occurs ${places.length} times, expected exactly once`);
  }
  const planted = `${text.slice(0, first.start)}${put}${text.slice(last.end)}`;
  if (sameTokens(codeTokens(planted), tokens)) throw new Error(`"${put}" in place of "${find}" changes nothing`);
  return planted;
}

function occursAt(tokens: readonly CodeToken[], wanted: readonly CodeToken[], at: number): boolean {
  return wanted.length > 0 && wanted.every(({ text }, offset) => tokens[at + offset]?.text === text);
}

function sameTokens(one: readonly CodeToken[], other: readonly CodeToken[]): boolean {
  return one.length === other.length && occursAt(one, other, 0);
}

function messagesOf(diagnostics: readonly ts.Diagnostic[]): string {
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " ")).join("; ");
}
