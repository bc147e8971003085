import { InvalidArgumentError } from "@rxsandbox/transport";
import { readList, readText } from "./argument.js";

/** Copies the targets of a removal; an empty list and a blank target throw, since the server refuses the one and ignores the other (`egress.md` 3.4). */
export function readTargets(path: string, targets: unknown): readonly string[] {
  // A text is iterable too: one target needs brackets.
  if (!Array.isArray(targets)) throw new InvalidArgumentError(path, "must be an array");
  if (targets.length === 0) throw new InvalidArgumentError(path, "must not be empty");
  return readList(path, targets, readText);
}
