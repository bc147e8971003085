export type EgressAction = "allow" | "deny";

/**
 * An action as the sidecar reads it: trimmed, lower case, `deny` when missing or empty; `undefined` for any other text
 * (`egress.md` 2).
 */
export function egressAction(action: string | undefined): EgressAction | undefined {
  const text = (action ?? "").trim().toLowerCase();
  if (text === "" || text === "deny") return "deny";
  return text === "allow" ? "allow" : undefined;
}
