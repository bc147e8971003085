import type { WireCommandStatus } from "@rxsandbox/protocol";
import type { DecodedItem } from "./parsers/decoded.js";
import { isObject, nameOf } from "./stream-item.js";

/**
 * What a server says of how a command ended. A code and a signal are facts; `unknown` is what is left when the stream
 * or the status does not tell, and is never a success.
 */
export type ExitStatus =
  | { readonly kind: "known"; readonly code: number }
  | { readonly kind: "signalled"; readonly text: string; readonly code: number }
  | { readonly kind: "unknown"; readonly reason: "no end" | "envelope" | "error text" | "running" | "background" };

const integer = /^-?\d+$/;

/** Reads the exit status off the frames of a foreground command or a session run (`execd.md` 2.4). */
export function exitOfStream(items: readonly DecodedItem[]): ExitStatus {
  const end = items.find((item) => ["error", "execution_complete", "envelope"].includes(nameOf(item)));
  if (end === undefined || !("event" in end))
    return { kind: "unknown", reason: end === undefined ? "no end" : "envelope" };
  if (nameOf(end) === "execution_complete") return { kind: "known", code: 0 };
  const error = isObject(end.event["error"]) ? end.event["error"] : {};
  const value = String(error["evalue"] ?? "").trim();
  if (!integer.test(value)) return { kind: "unknown", reason: "error text" };
  const traceback = Array.isArray(error["traceback"]) ? error["traceback"].join("\n") : "";
  return exitOf(Number(value), traceback);
}

/** Reads the exit status off the status route (`execd.md` 3.2). */
export function exitOfStatus(status: WireCommandStatus): ExitStatus {
  if (status.running || status.exit_code === undefined) return { kind: "unknown", reason: "running" };
  return exitOf(status.exit_code, status.error ?? "");
}

function exitOf(code: number, text: string): ExitStatus {
  return code < 0 || /^signal: /m.test(text) ? { kind: "signalled", text, code } : { kind: "known", code: code % 256 };
}
