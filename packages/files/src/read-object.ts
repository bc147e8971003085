import { InvalidArgumentError } from "@rxsandbox/transport";

/** Checks that an argument is an object; its members are for the caller to check. */
export function readObject<T extends object>(argument: string, value: unknown): Partial<T> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InvalidArgumentError(argument, "must be an object");
  return value as Partial<T>;
}
