import { CREATE_ID_METADATA_KEY, RESERVED_METADATA_PREFIX } from "@rxsandbox/protocol";
import { InvalidArgumentError } from "@rxsandbox/transport";
import { mapOf, readString, type Read } from "@rxsandbox/transport/calls";

const name = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const prefix = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Copies metadata after checking label syntax and reserved keys (`lifecycle.md` 2.1). */
export const readLabels: Read<Readonly<Record<string, string>>> = mapOf(readLabelValue, (path, key) => {
  refuseReserved(path, key);
  refuseNoLabelKey(path, key);
});

/**
 * The same for a patch, where `null` deletes a label: also one whose key came from an image and breaks the syntax
 * (`lifecycle.md` 4).
 */
export const readMetadataPatch: Read<Readonly<Record<string, string | null>>> = mapOf<string | null>(
  (path, value) => (value === null ? null : readLabelValue(path, value)),
  (path, key, value) => {
    refuseReserved(path, key);
    if (value !== null) refuseNoLabelKey(path, key);
  },
);

function readLabelValue(path: string, value: unknown): string {
  const text = readString(path, value);
  if (text !== "" && !name.test(text))
    throw new InvalidArgumentError(path, "is not a label value: at most 63 letters, digits, '-', '_' and '.'");
  return text;
}

function refuseReserved(path: string, key: string): void {
  if (key.startsWith(RESERVED_METADATA_PREFIX))
    throw new InvalidArgumentError(
      path,
      `is reserved: keys that begin with ${RESERVED_METADATA_PREFIX} belong to the server`,
    );
  if (key === CREATE_ID_METADATA_KEY) throw new InvalidArgumentError(path, "is reserved: the client sets it");
}

function refuseNoLabelKey(path: string, key: string): void {
  if (!isLabelKey(key))
    throw new InvalidArgumentError(
      path,
      "is not a label key: [prefix/]name, the name at most 63 letters, digits, '-', '_' and '.'",
    );
}

function isLabelKey(key: string): boolean {
  const slash = key.indexOf("/");
  if (slash === -1) return name.test(key);
  const domain = key.slice(0, slash);
  return domain.length <= 253 && prefix.test(domain) && name.test(key.slice(slash + 1));
}
