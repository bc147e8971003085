import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One request and its answer as a recorder wrote them down; the format is that of the shipped corpus. */
export interface RecordedStep {
  readonly request?: { readonly method?: string; readonly path?: string; readonly body?: unknown };
  readonly response?: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    readonly chunks?: readonly { readonly tMs?: number; readonly b64?: string }[];
    readonly omittedChunks?: number;
    readonly endTMs?: number;
    readonly end?: string;
  };
  /** The body as the recorder read it, for answers that are no streams. */
  readonly decoded?: readonly unknown[];
}

/** One recorded case. */
export interface Recording {
  readonly id: string;
  readonly steps: readonly RecordedStep[];
}

/** Reads every recording below a directory, in the order of their paths. Files that are no recordings are left out. */
export function readRecordings(directory: string): readonly Recording[] {
  const paths = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".json"));
  return paths.sort().flatMap((path) => {
    const recorded = JSON.parse(readFileSync(join(directory, path), "utf8")) as RecordedStep & {
      readonly steps?: readonly RecordedStep[];
    };
    if (recorded.steps === undefined && recorded.request === undefined) return [];
    return [{ id: path.replaceAll("\\", "/").replace(/\.json$/, ""), steps: recorded.steps ?? [recorded] }];
  });
}

/** A header by its name in lower case; of several values the first. */
export function headerOf({ response }: RecordedStep, name: string): string | undefined {
  const value = response?.headers?.[name];
  return typeof value === "object" ? value[0] : value;
}

/**
 * The bytes of a body, with the borders that were recorded; `undefined` where the recorder did not keep all of them.
 */
export function chunksOf({ response }: RecordedStep): readonly Uint8Array[] | undefined {
  const chunks = response?.chunks ?? [];
  if (response?.omittedChunks !== undefined || chunks.some(({ b64 }) => b64 === undefined)) return undefined;
  return chunks.map(({ b64 }) => Buffer.from(b64 ?? "", "base64"));
}
