import { InvalidArgumentError } from "@rxsandbox/transport";
import { readObject, readText } from "../argument.js";
import type { Credential } from "./credential.js";

/** Copies a credential or throws (`egress.md` 4.3); its value is in no message. */
export function readCredential(
  path: string,
  given: unknown,
): Credential & { readonly source: { readonly type: "inline" } } {
  const credential = readObject(path, given, ["name", "source"]);
  const name = readText(`${path}.name`, credential["name"]);
  const { type = "inline", value } = readObject(`${path}.source`, credential["source"], ["type", "value"]);
  if (type !== "inline") throw new InvalidArgumentError(`${path}.source.type`, `must be "inline"`);
  if (typeof value !== "string") throw new InvalidArgumentError(`${path}.source.value`, "must be a string");
  if (value === "") throw new InvalidArgumentError(`${path}.source.value`, "must not be empty");
  // It becomes the value of a header; the line end of a file that it was read from would break the request.
  if (/[\r\n\0]/.test(value)) throw new InvalidArgumentError(`${path}.source.value`, "must not contain line breaks");
  return { name, source: { type, value } };
}
