import type { ExecutionEvent } from "@rxsandbox/protocol";

/** Where a framing hands over what it found. */
export interface FrameTarget {
  /** True as soon as nothing more is wanted; a framing asks before each frame. */
  readonly stopped: boolean;
  /** One complete frame: the JSON between the two indices. */
  frame(text: string, start: number, end: number): void;
  /** One complete frame that the framing has read itself. */
  event(event: ExecutionEvent): void;
  /** A line that is no field of a standard SSE stream but begins with a brace: the error envelope, or nothing legal. */
  stray(line: string): void;
}

/** One of the two framings, reading the bytes of one stream. */
export interface Framing {
  push(bytes: Uint8Array): void;
  /** End of body: hands over what is left as a last frame. */
  end(): void;
}

/** White space alone is no frame in either framing. */
export function isBlank(text: string, start: number, end: number): boolean {
  // Above the space nothing is white space of JSON: a frame leaves here after one comparison.
  return end <= start || (text.charCodeAt(start) <= 32 && text.slice(start, end).trim() === "");
}
