import { ProtocolError } from "@rxsandbox/transport";
import type { TerminalMode } from "./terminal-options.js";

/** What a server sends over a terminal's socket (`execd.md` 9). */
export type TerminalFrame =
  | { readonly type: "replay"; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly type: "output"; readonly stream: "stdout" | "stderr"; readonly bytes: Uint8Array }
  | { readonly type: "connected"; readonly mode: TerminalMode }
  | { readonly type: "exit"; readonly exitCode: number }
  | { readonly type: "error"; readonly code: string; readonly message: string }
  /** `pong`, and what a newer server may add. */
  | { readonly type: "other" };

const STDOUT = 1;
const STDERR = 2;
const REPLAY = 3;
const REPLAY_HEAD_BYTES = 9;

/** Reads one message; throws `protocol` when it is not a frame. The bytes of a frame are those of the message. */
export function readTerminalFrame(data: string | Uint8Array): TerminalFrame {
  if (typeof data === "string") return readText(data);
  if (data[0] === STDOUT || data[0] === STDERR)
    return { type: "output", stream: data[0] === STDOUT ? "stdout" : "stderr", bytes: data.subarray(1) };
  if (data[0] !== REPLAY) return { type: "other" };
  if (data.length < REPLAY_HEAD_BYTES) throw new ProtocolError("A replay frame has no offset");
  const offset = Number(new DataView(data.buffer, data.byteOffset).getBigUint64(1));
  return { type: "replay", offset, bytes: data.subarray(REPLAY_HEAD_BYTES) };
}

function readText(text: string): TerminalFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProtocolError("A text frame of a terminal is not JSON");
  }
  const { type, mode, exit_code: exitCode, code, error } = Object(value) as Readonly<Record<string, unknown>>;
  switch (type) {
    case "connected":
      return { type, mode: mode === "pipe" ? "pipe" : "pty" };
    case "exit":
      if (typeof exitCode !== "number") throw new ProtocolError("An exit frame has no exit_code");
      return { type, exitCode };
    case "error":
      return { type, code: typeof code === "string" ? code : "", message: typeof error === "string" ? error : "" };
    default:
      return { type: "other" };
  }
}

/** Bytes of input that one frame carries. */
const MAX_INPUT_BYTES = 64 * 1024;
const encoder = new TextEncoder();

/** Copies input into the frames that carry it. */
export function inputFrames(data: string | Uint8Array): Uint8Array[] {
  const bytes = typeof data === "string" ? encoder.encode(data) : data;
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += MAX_INPUT_BYTES) {
    const part = bytes.subarray(at, at + MAX_INPUT_BYTES);
    const frame = new Uint8Array(part.length + 1);
    frame.set(part, 1);
    frames.push(frame);
  }
  return frames;
}
