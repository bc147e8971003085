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
  const volumes = detail.loc.indexOf("volumes");
  const belowVolumes = volumes < 0 ? [] : detail.loc.slice(volumes + 1);
  const isSecret = detail.loc.some(isSecretField) || belowVolumes.some(isSecretOfVolume);
  const input = isSecret && detail.type !== "missing" ? redactAll(detail.input) : undefined;
  return { ...detail, input: input ?? redactFields(detail.input, volumes < 0 ? isSecretField : isSecretOfVolume) };
}

type IsSecret = (name: string | number) => boolean;

function isSecretField(name: string | number): boolean {
  return typeof name === "string" && SECRET_FIELDS.has(name.replaceAll("_", "").toLowerCase());
}

/** Backends differ in their secrets, so a field of a volume is one unless it is declared as shown. */
function isSecretOfVolume(name: string | number): boolean {
  return typeof name === "string" && !SHOWN_VOLUME_FIELDS.has(name);
}

function redactFields(value: unknown, isSecret: IsSecret): unknown {
  if (typeof value === "string") return redactText(value);
  if (Array.isArray(value)) return value.map((item) => redactFields(item, isSecret));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (isSecret(name)) return [name, redactAll(item)];
      return [name, redactFields(item, name === "volumes" ? isSecretOfVolume : isSecret)];
    }),
  );
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
    const redacted = JSON.stringify(redactFields(parsed, isSecretField));
    return redacted === JSON.stringify(parsed) ? value : redacted;
  } catch {
    // Unknown structure: nobody can say what is a secret in it.
    return REDACTED;
  }
}
