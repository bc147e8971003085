/** A recorded target as the client sends it (`egress.md` 5, rule 5): trimmed, in lower case, without a trailing dot. */
export function spelledTarget(target: string): string {
  return target.trim().toLowerCase().replace(/\.$/, "");
}
