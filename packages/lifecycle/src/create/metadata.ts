import { CREATE_ID_METADATA_KEY, RESERVED_METADATA_PREFIX } from "@rxsandbox/protocol";
import { InvalidArgumentError } from "@rxsandbox/transport";
import { readObject } from "../argument.js";

const name = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const prefix = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Copies metadata after checking label syntax and reserved keys (`lifecycle.md` 2.1); `null` is allowed in a patch, where it deletes. */
export function readMetadata(
  path: string,
  value: unknown,
  kind: "labels" | "patch",
): Readonly<Record<string, string | null>> {
  const copy: Record<string, string | null> = {};
  for (const [key, text] of Object.entries(readObject(path, value))) {
    if (text === undefined) continue;
    const argument = `${path}[${JSON.stringify(key)}]`;
    if (key.startsWith(RESERVED_METADATA_PREFIX))
      throw new InvalidArgumentError(
        argument,
        `is reserved: keys that begin with ${RESERVED_METADATA_PREFIX} belong to the server`,
      );
    if (key === CREATE_ID_METADATA_KEY) throw new InvalidArgumentError(argument, "is reserved: the client sets it");
    if (text === null && kind === "patch") {
      // A key that came from an image label may break the syntax and can still be deleted (lifecycle.md 4).
      copy[key] = null;
      continue;
    }
    if (!isLabelKey(key))
      throw new InvalidArgumentError(
        argument,
        "is not a label key: [prefix/]name, the name at most 63 letters, digits, '-', '_' and '.'",
      );
    if (typeof text !== "string")
      throw new InvalidArgumentError(argument, kind === "patch" ? "must be a string or null" : "must be a string");
    if (text !== "" && !name.test(text))
      throw new InvalidArgumentError(argument, "is not a label value: at most 63 letters, digits, '-', '_' and '.'");
    copy[key] = text;
  }
  return copy;
}

function isLabelKey(key: string): boolean {
  const slash = key.indexOf("/");
  if (slash === -1) return name.test(key);
  const domain = key.slice(0, slash);
  return domain.length <= 253 && prefix.test(domain) && name.test(key.slice(slash + 1));
}
