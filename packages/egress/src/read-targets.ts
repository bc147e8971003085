import { InvalidArgumentError, readEgressTarget } from "@rxsandbox/transport";
import { readList } from "./argument.js";

/** Copies the targets of a removal; an empty list throws, since the server refuses it, and so does a target that could never match: a slip would remove nothing (`egress.md` 3.4). */
export function readTargets(path: string, targets: unknown): readonly string[] {
  // A text is iterable too: one target needs brackets.
  if (!Array.isArray(targets)) throw new InvalidArgumentError(path, "must be an array");
  if (targets.length === 0) throw new InvalidArgumentError(path, "must not be empty");
  return readList(path, targets, readEgressTarget);
}
