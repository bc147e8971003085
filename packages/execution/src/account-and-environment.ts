import { InvalidArgumentError } from "@rxsandbox/transport";
import { integerFrom, mapOf, readString, type Read } from "@rxsandbox/transport/calls";

/** Reads a user or group id: unsigned 32 bits (`execd.md` 3.1). */
export const readAccountId: Read<number> = integerFrom(0, 0xffff_ffff);

/** Copies an environment. */
export const readEnvironment: Read<Readonly<Record<string, string>>> = mapOf(readString, (path, name) => {
  if (name === "" || /[=\0]/.test(String(name)))
    throw new InvalidArgumentError(path, "is not a name of an environment variable");
});
