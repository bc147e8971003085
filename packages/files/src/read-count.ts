import { InvalidArgumentError } from "@rxsandbox/transport";

/** Checks an optional count. */
export function readCount(argument: string, value: unknown, least = 1): number | undefined {
  if (value === undefined) return undefined;
  if (!Number.isSafeInteger(value) || (value as number) < least)
    throw new InvalidArgumentError(argument, `must be an integer from ${least}`);
  return value as number;
}
