import { readFileSync } from "node:fs";
import ts from "typescript";

/** One fault: a piece of a source that occurs once, and what stands there instead. */
export interface PlantedFault {
  readonly find: string;
  readonly put: string;
}

/** Loads a source file that imports nothing, with a fault planted in its text; gives its exports. */
export function withFault(source: URL, { find, put }: PlantedFault): Readonly<Record<string, unknown>> {
  const text = readFileSync(source, "utf8");
  if (text.split(find).length !== 2) throw new Error(`"${find}" does not occur exactly once`);
  const { outputText } = ts.transpileModule(text.replace(find, () => put), { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const loaded: Record<string, unknown> = {};
  // The text is a file of this repository.
  Reflect.construct(Function, ["exports", outputText])(loaded);
  return loaded;
}
