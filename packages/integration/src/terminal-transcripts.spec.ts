import { asapScheduler, lastValueFrom, map, materialize, of, subscribeOn, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { createExecution, terminalText, type TerminalOutput } from "@rxsandbox/execution";
import { byteScript, createTestTransport } from "@rxsandbox/testkit";
import {
  createApi,
  createRedactor,
  createScope,
  type SandboxError,
  type SocketPart,
  type Sockets,
} from "@rxsandbox/transport";
import { createConnection } from "@rxsandbox/transport/calls";
import type { RecordedFrame, TerminalStep } from "./server-transcripts/replay-terminal.js";
import { readTranscripts, recordedBody } from "./server-transcripts/transcript.js";

interface Exchange {
  readonly name: string;
  readonly id: string;
  readonly frames: readonly RecordedFrame[];
}

const recorded = [
  ...readTranscripts("execd/pty"),
  ...readTranscripts("lifecycle/proxy").filter(({ id }) => id.endsWith("/websocket")),
];
const sockets: readonly Exchange[] = recorded.flatMap(({ id, steps }) =>
  (steps as readonly TerminalStep[]).flatMap((step, index) =>
    step.frames === undefined || step.response.status !== 101
      ? []
      : [{ name: `${id} #${index + 1}`, id, frames: step.frames.filter(({ from }) => from === "server") }],
  ),
);
const bytesOf = ({ hex }: RecordedFrame): Buffer => Buffer.from(hex, "hex");
const payloads = (frames: readonly RecordedFrame[], type: number): Buffer[] =>
  frames.filter((frame) => frame.op === "binary" && bytesOf(frame)[0] === type).map(bytesOf);

/** Plays the recorded frames to a terminal of the client; the server then says that `total` bytes were written. */
async function follow(
  { frames }: Exchange,
  total: number,
): Promise<{
  readonly items: readonly TerminalOutput[];
  readonly text: string;
  readonly exits: readonly number[];
  readonly error: SandboxError | undefined;
  readonly end: string;
}> {
  const parts = frames.flatMap((frame): SocketPart[] => {
    if (frame.op === "close") return [{ kind: "close", code: frame.code ?? 1005, reason: frame.reason ?? "" }];
    return frame.op === "text" || frame.op === "binary"
      ? [{ kind: "message", data: frame.op === "text" ? bytesOf(frame).toString() : new Uint8Array(bytesOf(frame)) }]
      : [];
  });
  const open: SocketPart = {
    kind: "open",
    protocol: "",
    send: () => undefined,
    bufferedBytes: () => 0,
    close: () => undefined,
  };
  const played: Sockets = { connect: () => of(open, ...parts).pipe(subscribeOn(asapScheduler)) };
  const first = Number(payloads(frames, 3)[0]?.readBigUInt64BE(1) ?? 0);
  const transport = createTestTransport({
    "GET /pty/t/ws": { status: 400, body: byteScript(new TextEncoder().encode("Bad Request\n")) },
    "GET /pty/t": { json: { session_id: "t", running: false, output_offset: total } },
  });
  const api = createApi({
    transport,
    target: () => of({ url: "http://h", headers: {}, access: "direct" }),
    requestTimeoutMs: 1000,
    retry: false,
    redact: createRedactor([]),
  });
  const { terminals } = createExecution(
    createConnection({ api, sockets: played, scope: createScope(), capabilities: transport.capabilities }),
  );
  const terminal = await lastValueFrom(terminals.attach("t", { since: first, maxReconnects: 0 }));
  const exits: number[] = [];
  terminal.exit.subscribe({ next: (code) => void exits.push(code), error: () => undefined });
  const seen = await lastValueFrom(terminal.output.pipe(materialize(), toArray()));
  const items = seen.flatMap((notification) => (notification.kind === "N" ? [notification.value] : []));
  const failed = seen.find(({ kind }) => kind === "E") as { readonly error?: SandboxError } | undefined;
  const text = await lastValueFrom(
    of(...items).pipe(
      terminalText(),
      toArray(),
      map((texts) => texts.join("")),
    ),
  );
  return { items, text, exits, error: failed?.error, end: failed === undefined ? "complete" : "error" };
}

describe("terminals on recorded frames", () => {
  it("covers what was recorded", () => {
    expect(sockets.length).toBe(31);
  });

  it.each(sockets)("$name gives the recorded output and end", async (exchange) => {
    const { frames } = exchange;
    const replay = payloads(frames, 3).map((bytes) => bytes.subarray(9));
    const live = frames.filter((frame) => frame.op === "binary" && bytesOf(frame)[0] !== 3).map(bytesOf);
    const whole = Buffer.concat([...replay, ...live.map((bytes) => bytes.subarray(1))]);
    const first = Number(payloads(frames, 3)[0]?.readBigUInt64BE(1) ?? 0);
    const exit = frames
      .map((frame) =>
        frame.op === "text"
          ? (JSON.parse(bytesOf(frame).toString()) as { readonly type: string; readonly exit_code?: number })
          : undefined,
      )
      .find((frame) => frame?.type === "exit");
    const { items, text, exits, error, end } = await follow(exchange, first + whole.length);
    expect(
      Buffer.concat(items.map((item) => (item.type === "output" ? item.bytes : new Uint8Array(0)))).equals(whole),
    ).toBe(true);
    expect(text).toBe(whole.toString("utf8"));
    for (const [index, stream] of (["stdout", "stderr"] as const).entries()) {
      const ofStream = items.filter(
        (item) => item.type === "output" && item.stream === stream && item.offset >= first + (replay[0]?.length ?? 0),
      );
      expect(
        Buffer.concat(ofStream.map((item) => (item.type === "output" ? item.bytes : new Uint8Array(0)))).equals(
          Buffer.concat(payloads(frames, index + 1).map((bytes) => bytes.subarray(1))),
        ),
      ).toBe(true);
    }
    expect(
      items.every(
        (item, index) =>
          index === 0 ||
          item.offset ===
            (items[index - 1]?.offset ?? 0) +
              ((items[index - 1] as { readonly bytes?: Uint8Array }).bytes?.length ?? 0),
      ),
    ).toBe(true);
    if (exit !== undefined) {
      expect([end, exits]).toEqual(["complete", [exit.exit_code]]);
      return;
    }
    const close = frames.find(({ op }) => op === "close");
    const expected =
      close?.code === 4001
        ? ["conflict", "TAKEN_OVER"]
        : exchange.id.endsWith("start-failed")
          ? ["server-error", "START_FAILED"]
          : ["network", undefined];
    expect([error?.code, error?.serverCode]).toEqual(expected);
  });

  it("tells what an exit overtook", async () => {
    const overtaken = sockets.filter(({ id }) => id === "execd/pty/exit-race");
    for (const exchange of overtaken) {
      const got = payloads(exchange.frames, 1)
        .concat(payloads(exchange.frames, 2))
        .reduce((sum, bytes) => sum + bytes.length - 1, 0);
      const { items, end } = await follow(exchange, 8);
      expect(end).toBe("complete");
      expect(items.filter(({ type }) => type === "gap")).toEqual(
        got === 8 ? [] : [{ type: "gap", offset: got, missingBytes: 8 - got }],
      );
    }
    expect(overtaken.length).toBe(15);
  });
});

describe("metrics on recorded answers", () => {
  it("gives the recorded values, once and as a stream in any chunks", async () => {
    for (const id of ["execd/misc/metrics", "execd/misc/metrics-watch"]) {
      const step = readTranscripts("execd/misc").find((transcript) => transcript.id === id)?.steps[0];
      const lines =
        step === undefined
          ? []
          : recordedBody(step.response)
              .toString()
              .split("\n")
              .filter((line) => line !== "");
      const wanted = lines.map((line) => {
        const wire = JSON.parse(line) as Record<string, number>;
        return {
          cpuCount: wire["cpu_count"],
          cpuUsedPercentage: wire["cpu_used_pct"],
          memoryTotalMiB: wire["mem_total_mib"],
          memoryUsedMiB: wire["mem_used_mib"],
          timestamp: wire["timestamp"],
        };
      });
      expect(wanted.length).toBe(id.endsWith("watch") ? 3 : 1);
      const chunks = (step?.response.chunks ?? []).map(({ b64 = "" }) => new Uint8Array(Buffer.from(b64, "base64")));
      const transport = createTestTransport({
        "GET *": { headers: { "content-type": "application/json" }, body: byteScript(...chunks) },
      });
      const api = createApi({
        transport,
        target: () => of({ url: "http://h", headers: {}, access: "direct" }),
        requestTimeoutMs: 1000,
        retry: false,
        redact: createRedactor([]),
      });
      const execution = createExecution(
        createConnection({ api, scope: createScope(), capabilities: transport.capabilities }),
      );
      const seen = await lastValueFrom(
        (id.endsWith("watch") ? execution.watchMetrics() : execution.getMetrics()).pipe(materialize(), toArray()),
      );
      expect(seen.flatMap((notification) => (notification.kind === "N" ? [notification.value] : []))).toEqual(wanted);
    }
  });
});
