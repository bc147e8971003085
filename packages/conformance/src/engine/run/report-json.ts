import type { Secrets } from "../../model/secrets.js";
import type { ConformanceReport } from "./conformance-report.js";

/** Bytes of a transcript that a report keeps per answer. */
const KEPT_BYTES = 32 * 1024;

/**
 * Writes a report as JSON: bytes as base64, long bodies cut with their size told, secrets redacted before anything else
 * sees the text.
 */
export function reportJson(report: ConformanceReport, secrets: Secrets): string {
  const text = JSON.stringify(
    report,
    (_key, value: unknown) => {
      if (!isChunkList(value)) return value;
      // A secret may lie across a border of chunks: it is looked for in the whole, and masked at its length.
      const masked = Buffer.from(
        secrets.mask(Buffer.concat(value.map(({ bytes }) => bytes)).toString("latin1")),
        "latin1",
      );
      let at = 0;
      return value.map(({ atMs, bytes, isPart }) => {
        const kept = masked.subarray(at, Math.max(at, Math.min(at + bytes.length, KEPT_BYTES)));
        at += bytes.length;
        return {
          atMs: Math.round(atMs * 10) / 10,
          base64: kept.toString("base64"),
          ...(isPart ? { isPart } : {}),
          ...(kept.length < bytes.length ? { size: bytes.length } : {}),
        };
      });
    },
    2,
  );
  return secrets.redact(text);
}

function isChunkList(
  value: unknown,
): value is readonly { readonly atMs: number; readonly bytes: Uint8Array; readonly isPart: boolean }[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    (value as readonly { bytes?: unknown }[]).every((chunk) => chunk?.bytes instanceof Uint8Array)
  );
}
