import type { WireValidationDetail } from "@rxsandbox/protocol";
import { SHOWN_VOLUME_FIELDS } from "../lifecycle/volume-plan.js";
import { isRecord } from "./validation-rule.js";

const REDACTED = "[redacted]";

/** Fields whose values are secrets wherever they stand in a lifecycle request. */
const SECRET_FIELDS = new Set(["password", "accesskeyid", "accesskeysecret", "env"]);

/**
 * Removes secrets from what a 422 body echoes; a real server echoes them (`divergences.md` L02).
 */
export function redactInput(detail: WireValidationDetail): WireValidationDetail {
  const isOfVolume = detail.loc.includes("volumes");
  const field = detail.loc.findLast((part) => typeof part === "string") ?? "";
  const isSecret = detail.loc.some(isSecretField) && detail.type !== "missing";
  if (isSecret) return { ...detail, input: redactAll(detail.input) };
  return { ...detail, input: isOfVolume ? redactOfVolume(field, detail.input) : redactFields(detail.input) };
}

function isSecretField(name: string | number): boolean {
  return typeof name === "string" && SECRET_FIELDS.has(name.replaceAll("_", "").toLowerCase());
}

function redactFields(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);
  if (Array.isArray(value)) return value.map(redactFields);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (isSecretField(name)) return [name, redactAll(item)];
      return [name, name === "volumes" ? redactOfVolume(name, item) : redactFields(item)];
    }),
  );
}

/** Backends differ in their secrets, so a text of a volume is one unless its field is declared as shown. */
function redactOfVolume(field: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => redactOfVolume(field, item));
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactOfVolume(name, item)]));
  return SHOWN_VOLUME_FIELDS.has(field) ? redactFields(value) : redactAll(value);
}

/** Values go, names stay: they show which field was meant. */
function redactAll(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redactAll);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactAll(item)]));
  return value === null ? null : REDACTED;
}

/** A whole body that was sent under the wrong content type is echoed as text and may hold any secret. */
function redactText(value: string): string {
  if (!/[{[]/.test(value)) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    const redacted = JSON.stringify(redactFields(parsed));
    return redacted === JSON.stringify(parsed) ? value : redacted;
  } catch {
    // Unknown structure: nobody can say what is a secret in it.
    return REDACTED;
  }
}
