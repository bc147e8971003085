import type { Secrets } from "../record/secrets.js";
import type { ConformanceReport } from "./conformance-report.js";

/** Bytes of a transcript that a report keeps per answer. */
const KEPT_BYTES = 32 * 1024;

/** Writes a report as JSON: bytes as base64, long bodies cut with their size told, secrets redacted before anything else sees the text. */
export function reportJson(report: ConformanceReport, secrets: Secrets): string {
  const text = JSON.stringify(
    report,
    (_key, value: unknown) => {
      if (!isChunkList(value)) return value;
      let left = KEPT_BYTES;
      return value.map(({ atMs, bytes, isPart }) => {
        const kept = bytes.subarray(0, Math.max(0, left));
        left -= kept.length;
        const readable = secrets.redact(Buffer.from(kept).toString("latin1"));
        return { atMs: Math.round(atMs * 10) / 10, base64: Buffer.from(readable, "latin1").toString("base64"), ...(isPart ? { isPart } : {}), ...(kept.length < bytes.length ? { size: bytes.length } : {}) };
      });
    },
    2,
  );
  return secrets.redact(text);
}

function isChunkList(value: unknown): value is readonly { readonly atMs: number; readonly bytes: Uint8Array; readonly isPart: boolean }[] {
  return Array.isArray(value) && value.length > 0 && (value as readonly { bytes?: unknown }[]).every((chunk) => chunk?.bytes instanceof Uint8Array);
}
