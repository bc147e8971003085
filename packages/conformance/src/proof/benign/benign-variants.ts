import type { Alteration, GatewayRequest, StreamFrame } from "../../gateway/alteration.js";
import { spellFrame } from "../../gateway/stream-frames.js";
import { isEnd, isOutput, typeOf } from "../mutants/planted/altering.js";
import type { Activity, BenignVariant } from "./benign-variant.js";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const isExecd = ({ part }: GatewayRequest): boolean => part === "execd";

/** Spells every frame of the daemon in another way. */
function spelled(spell: (json: string) => readonly (string | Buffer)[]): (activity: Activity) => Alteration {
  return ({ happened }) => ({
    spell: (json) => {
      happened();
      return spell(json);
    },
  });
}

/** Puts something before, after or in place of frames. */
function streamed(
  change: (frame: StreamFrame, index: number) => readonly StreamFrame[],
): (activity: Activity) => Alteration {
  return ({ happened }) => ({
    stream: (frames) =>
      (async function* () {
        let index = 0;
        for await (const frame of frames) {
          const changed = change(frame, index++);
          if (changed.length !== 1 || changed[0] !== frame) happened();
          yield* changed;
        }
      })(),
  });
}

/** Changes JSON objects of whole answers. */
function answered(
  change: (json: Record<string, unknown>, request: GatewayRequest) => Record<string, unknown> | undefined,
): (activity: Activity) => Alteration {
  return ({ happened }) => ({
    answer: (answer, request) => {
      let json: unknown;
      try {
        json = JSON.parse(answer.body.toString("utf8"));
      } catch {
        // Not JSON: passes as it is.
        return answer;
      }
      if (typeof json !== "object" || json === null || Array.isArray(json) || answer.status >= 300) return answer;
      const changed = change(json as Record<string, unknown>, request);
      if (changed === undefined) return answer;
      happened();
      return { ...answer, body: Buffer.from(JSON.stringify(changed)) };
    },
  });
}

function delayed(ms: number, which: (request: GatewayRequest) => boolean): (activity: Activity) => Alteration {
  return ({ happened }) => ({
    request: async (request) => {
      if (which(request)) {
        happened();
        await pause(ms);
      }
      return request;
    },
  });
}

const reversed = (json: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(json).reverse());
const ping = { event: { type: "ping", text: "pong", timestamp: 1 } } as const;

/** Every benign variant. */
export const benignVariants: readonly BenignVariant[] = [
  {
    id: "byte-at-a-time",
    title: "frames go out byte by byte",
    twin: "utf8-read-as-latin1",
    alteration: spelled((json) => [...Buffer.from(spellFrame(json, "bare"))].map((byte) => Buffer.of(byte))),
  },
  {
    id: "three-byte-pieces",
    title: "frames go out in pieces of three bytes, in data lines",
    twin: "quotes-not-escaped",
    alteration: spelled(
      (json) =>
        Buffer.from(spellFrame(json, "sse"))
          .toString("latin1")
          .match(/[\s\S]{1,3}/g)
          ?.map((piece) => Buffer.from(piece, "latin1")) ?? [],
    ),
  },
  {
    id: "bare-frames",
    title: "frames are bare JSON",
    twin: "quotes-not-escaped",
    server: { framing: "bare" },
    alteration: spelled((json) => [spellFrame(json, "bare")]),
  },
  {
    id: "data-frames",
    title: "frames are data lines",
    twin: "quotes-not-escaped",
    alteration: spelled((json) => [spellFrame(json, "sse")]),
  },
  {
    id: "crlf",
    title: "lines end in CRLF",
    twin: "blank-lines-dropped",
    alteration: spelled((json) => [`data: ${json}\r\n\r\n`]),
  },
  {
    id: "data-without-space",
    title: "no space follows the colon",
    twin: "quotes-not-escaped",
    alteration: spelled((json) => [`data:${json}\n\n`]),
  },
  {
    id: "named-events",
    title: "frames have event, id and retry fields",
    twin: "init-late",
    alteration: spelled((json) => [`event: message\nid: 7\nretry: 1000\ndata: ${json}\n\n`]),
  },
  {
    id: "comments",
    title: "there may be comments between frames",
    twin: "output-after-failure",
    alteration: spelled((json) => [`: keep-alive\n\ndata: ${json}\n\n`]),
  },
  {
    id: "escaped-unicode",
    title: "everything outside ASCII is escaped",
    twin: "utf8-read-as-latin1",
    alteration: spelled((json) => [
      spellFrame(
        json.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`),
        "sse",
      ),
    ]),
  },
  {
    id: "spaced-json",
    title: "frames have white space where JSON allows it",
    twin: "quotes-not-escaped",
    alteration: spelled((json) => [
      spellFrame(JSON.stringify(JSON.parse(json) as unknown, null, 1).replaceAll("\n", " "), "bare"),
    ]),
  },
  {
    id: "keys-reordered",
    title: "the keys of frames come in another order",
    twin: "time-as-text",
    alteration: streamed((frame) =>
      "event" in frame && typeOf(frame) !== undefined ? [{ event: reversed(frame.event) }] : [frame],
    ),
  },
  {
    id: "extra-frame-fields",
    title: "frames have fields of the future",
    twin: "time-as-text",
    alteration: streamed((frame) =>
      "event" in frame && typeOf(frame) !== undefined
        ? [{ event: { ...frame.event, x_future: { deep: [1, null] } } }]
        : [frame],
    ),
  },
  {
    id: "unknown-events",
    title: "events of unknown type come between frames",
    twin: "output-after-failure",
    alteration: streamed((frame, index) =>
      index > 0 && !isEnd(frame) ? [{ event: { type: "progress", text: "50%", timestamp: 1 } }, frame] : [frame],
    ),
  },
  {
    id: "pings-everywhere",
    title: "a ping comes before and after every frame but the first",
    twin: "init-late",
    alteration: streamed((frame, index) =>
      "event" in frame && typeOf(frame) === undefined ? [frame] : index > 0 ? [ping, frame, ping] : [frame, ping],
    ),
  },
  {
    id: "pings-never",
    title: "no ping ever comes",
    twin: "output-at-the-end",
    alteration: streamed((frame) => (typeOf(frame) === "ping" ? [] : [frame])),
    warns: ["execd/command-stream/quiet-pings"],
  },
  {
    id: "blank-line-as-nothing",
    title: "a blank line is an empty text",
    twin: "blank-lines-dropped",
    alteration: streamed((frame) =>
      "event" in frame && isOutput(frame) && frame.event["text"] === "\n"
        ? [{ event: { ...frame.event, text: "" } }]
        : [frame],
    ),
  },
  {
    id: "terminators-kept",
    title: "texts keep their line end",
    twin: "fourth-line-lost",
    alteration: streamed((frame) =>
      "event" in frame && isOutput(frame) && frame.event["text"] !== "\n"
        ? [{ event: { ...frame.event, text: `${String(frame.event["text"])}\n` } }]
        : [frame],
    ),
  },
  {
    id: "slow-daemon",
    title: "the daemon takes 80 ms for every answer",
    twin: "output-at-the-end",
    alteration: delayed(80, isExecd),
  },
  {
    id: "slow-lifecycle",
    title: "the lifecycle API takes 150 ms for every answer",
    twin: "session-not-deleted",
    alteration: delayed(150, ({ part }) => part === "lifecycle"),
  },
  {
    id: "slow-frames",
    title: "each frame takes 5 ms more",
    twin: "output-at-the-end",
    alteration: ({ happened }) => ({
      stream: (frames) =>
        (async function* () {
          for await (const frame of frames) {
            happened();
            await pause(5);
            yield frame;
          }
        })(),
    }),
  },
  {
    id: "long-tail",
    title: "the body stays open 1 s after the end",
    twin: "body-cut-after-end",
    server: { tailMs: 1_000 },
    alteration: ({ happened }) => ({ streamHeaders: (headers) => (happened(), headers) }),
  },
  {
    id: "extra-answer-fields",
    title: "JSON answers have fields of the future",
    twin: "status-always-0",
    alteration: answered((json) => ({ ...json, xFuture: { deep: [1, null] } })),
  },
  {
    id: "answer-keys-reordered",
    title: "the keys of JSON answers come in another order",
    twin: "times-without-zone",
    alteration: answered(reversed),
  },
  {
    id: "unavailable-at-times",
    title: "every tenth read of the lifecycle API is put off by 503 with Retry-After",
    twin: "session-not-deleted",
    alteration: ({ happened }) => {
      let reads = 0;
      return {
        request(request) {
          if (
            request.part !== "lifecycle" ||
            request.method !== "GET" ||
            !/^\/v1\/sandboxes\/[^/]+$/.test(request.path) ||
            (reads += 1) % 10 !== 0
          )
            return request;
          happened();
          return { status: 503, headers: { "retry-after": "0" }, body: Buffer.alloc(0) };
        },
      };
    },
  },
];
