import type { IncomingMessage, ServerResponse } from "node:http";
import type { Alteration, GatewayRequest, StreamAct, StreamFrame } from "./alteration.js";
import { spellFrame, streamFrames, type StreamFraming } from "./stream-frames.js";

/** Passes an event stream on frame by frame, each in chunks of its own. */
export async function forwardStream(
  alteration: Alteration,
  request: GatewayRequest,
  body: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.flushHeaders();
  let framing: StreamFraming = "bare";
  const frames = streamFrames(body as AsyncIterable<Buffer>, (seen) => (framing = seen));
  const spell = alteration.spell ?? ((json: string) => [spellFrame(json, framing)]);
  for await (const frame of alteration.stream?.(frames, request) ?? frames) {
    if (response.destroyed) return;
    if ("act" in frame) return act(frame, body, response);
    const pieces = isEnvelope(frame) ? [textOf(frame)] : spell(textOf(frame), request);
    for (const piece of pieces) await write(response, piece);
  }
  response.end();
}

/**
 * An envelope is the one object that a server appends without framing (`execd.md` 2.2); what is watched has no type
 * either.
 */
function isEnvelope(frame: StreamFrame): boolean {
  return "event" in frame && typeof frame.event["type"] !== "string" && "code" in frame.event;
}

function textOf(frame: StreamFrame): string {
  return "event" in frame ? JSON.stringify(frame.event) : frame.text;
}

function act({ act: what }: StreamAct, body: IncomingMessage, response: ServerResponse): void {
  if (what === "hang") return;
  if (what === "finish") response.end();
  else if (what === "reset") response.socket?.resetAndDestroy();
  else response.socket?.end(() => response.destroy());
  body.destroy();
}

/** Resolves when the piece has left the process, so that pieces stay pieces. */
function write(response: ServerResponse, piece: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    response.once("close", resolve);
    response.write(piece, () => {
      response.off("close", resolve);
      resolve();
    });
  });
}
