import { readFileSync } from "node:fs";
import type { BodyEnd, Decoded } from "./decoded.js";

/** One frozen body and what it decodes to. */
export interface DecodeVector extends Decoded {
  readonly name: string;
  /** `MUST` where every parser has to agree; else a reading among several. */
  readonly level: "MUST" | "INFO" | "disputed";
  readonly chunks: readonly Uint8Array[];
  readonly end: BodyEnd;
}

/** As it is in the file: each character of a chunk is one byte; `end` is `eof` and `level` is `MUST` unless given. */
type StoredVector = Omit<DecodeVector, "chunks" | "level" | "end"> & { readonly chunks: readonly string[] } & Partial<
    Pick<DecodeVector, "level" | "end">
  >;

/** Reads the frozen vectors of the event stream grammar. */
export function decodeVectors(): readonly DecodeVector[] {
  const stored = JSON.parse(
    readFileSync(new URL("../../../corpus/decode-vectors.json", import.meta.url), "utf8"),
  ) as readonly StoredVector[];
  return stored.map(({ chunks, level = "MUST", end = "eof", ...rest }) => ({
    ...rest,
    level,
    end,
    chunks: chunks.map((text) => Buffer.from(text, "latin1")),
  }));
}
