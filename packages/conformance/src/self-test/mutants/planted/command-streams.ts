import type { Alteration, GatewayRequest, StreamAct, StreamFrame } from "../../../gateway/alteration.js";
import type { ServerMutant } from "../server-mutant.js";

type Frames = AsyncIterable<StreamFrame>;
type Changed = AsyncIterable<StreamFrame | StreamAct>;

/** Changes the frames of every foreground command. */
function commands(change: (frames: Frames, request: GatewayRequest) => Changed): Alteration {
  return { stream: (frames, request) => (request.part === "execd" && request.method === "POST" && request.path === "/command" ? change(frames, request) : undefined) };
}

function typeOf(frame: StreamFrame): string | undefined {
  return "event" in frame && typeof frame.event["type"] === "string" ? frame.event["type"] : undefined;
}

/** Wrong streams of foreground commands. */
export const commandStreamMutants: readonly ServerMutant[] = [
  {
    id: "init-late",
    title: "the first output comes before init",
    check: "execd/command-stream/init-first",
    reason: { clause: "execd.stream.init", invariant: "first-is-init" },
    alsoFails: [],
    isConditional: false,
    alteration: () =>
      commands(async function* (frames) {
        let held: StreamFrame | undefined;
        for await (const frame of frames) {
          if (typeOf(frame) === "init") held = frame;
          else {
            if (typeOf(frame) !== "ping" && held !== undefined) {
              yield frame;
              yield held;
              held = undefined;
            } else yield frame;
          }
        }
      }),
  },
];
