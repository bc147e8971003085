import { readdirSync, readFileSync } from "node:fs";

/** One recorded request with its answer. */
export interface RecordedStep {
  readonly startMs: number;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly auth?: "none" | "wrong" | "valid";
    readonly body: string | null;
  };
  readonly response: {
    /** 0: the recorder hung up before an answer came. */
    readonly status: number;
    readonly headers: Readonly<Record<string, string | readonly string[]>>;
    readonly end: string;
  };
  readonly decoded?: readonly unknown[];
  readonly frames?: readonly unknown[];
}

/** One recorded case of the lifecycle server. */
export interface RecordedCase {
  readonly id: string;
  readonly steps: readonly RecordedStep[];
}

const FIXTURES = new URL("../../fixtures/transcripts/lifecycle/", import.meta.url);

/** Reads all cases of one group, in the order of their names. */
export function recordedCases(group: string): readonly RecordedCase[] {
  const directory = new URL(`${group}/`, FIXTURES);
  return readdirSync(directory)
    .sort()
    .map((file) => {
      const raw = JSON.parse(readFileSync(new URL(file, directory), "utf8")) as Partial<RecordedCase> &
        RecordedStep & { readonly id: string };
      return { id: raw.id, steps: raw.steps ?? [{ ...raw, startMs: 0 }] };
    });
}
