import type { ExecutionEvent } from "@rxsandbox/protocol";
import { describe, expect, it } from "vitest";
import { ProtocolError, StreamTruncatedError } from "../errors/errors.js";
import { isSandboxError } from "../errors/sandbox-error.js";
import { createEventDecoder, type EventDecoderOptions } from "./event-decoder.js";
import type { ErrorEnvelope } from "./parse-frame.js";

const encoder = new TextEncoder();

function decode(text: string | Uint8Array, options: Partial<EventDecoderOptions> = {}, chunkBytes = Infinity) {
  const out: (ExecutionEvent | ErrorEnvelope)[] = [];
  const sink = {
    event: (event: ExecutionEvent) => void out.push(event),
    envelope: (envelope: ErrorEnvelope) => void out.push(envelope),
  };
  const decoder = createEventDecoder({ unit: "line", ...options }, sink);
  const bytes = typeof text === "string" ? encoder.encode(text) : text;
  let error: unknown;
  try {
    for (let at = 0; at < bytes.length; at += chunkBytes) decoder.push(bytes.slice(at, at + chunkBytes));
    decoder.end();
  } catch (caught) {
    error = caught;
  }
  return { out, error, decoder };
}

const line = (text: string, timestamp = 1): ExecutionEvent => ({ type: "stdout", text, unit: "line", timestamp });
const stdout = (text: string, timestamp = 1): string => JSON.stringify({ type: "stdout", text, timestamp });

describe("createEventDecoder", () => {
  it("reads the bare frames of a real daemon", () => {
    const { out, error } = decode(
      '{"type":"init","text":"097d","timestamp":1767225600000}\n\n' +
        '{"type":"ping","text":"pong","timestamp":1767225600001}\n\n' +
        '{"type":"stdout","text":"hi","timestamp":1767225600003}\n\n' +
        '{"type":"execution_complete","execution_time":2,"timestamp":1767225600004}\n\n',
    );
    expect(error).toBeUndefined();
    expect(out).toEqual([
      { type: "init", id: "097d", timestamp: 1767225600000 },
      { type: "ping", timestamp: 1767225600001 },
      { type: "stdout", text: "hi", unit: "line", timestamp: 1767225600003 },
      { type: "execution_complete", executionTimeMs: 2, timestamp: 1767225600004 },
    ]);
  });

  it("reads standard SSE with comments, other fields and data on several lines", () => {
    const { out, error } = decode(
      ': hello\r\n\r\nevent: message\r\nid: 7\r\nretry: 10\r\ndata: {"type":"stdout",\r\ndata: "text":"a","timestamp":1}\r\n\r\n: ping\r\n\r\n',
    );
    expect(error).toBeUndefined();
    expect(out).toEqual([line("a")]);
  });

  it.each([
    ["LF", "\n"],
    ["CR", "\r"],
    ["CRLF", "\r\n"],
  ])("takes %s as line end in both framings, at any chunk size", (_name, end) => {
    for (const prefix of ["", "data: ", "data:"]) {
      const text = `:c${end}${end}${prefix}${stdout("ä")}${end}${end}${prefix}${stdout("b")}${end}${end}`;
      for (const chunkBytes of [1, 2, 3, Infinity])
        expect(decode(text, {}, chunkBytes)).toMatchObject({ out: [line("ä"), line("b")], error: undefined });
    }
  });

  it("hands an event over as soon as its line is complete, also when the end is a lone CR", () => {
    for (const prefix of ["", "data: "]) {
      const out: ExecutionEvent[] = [];
      const decoder = createEventDecoder(
        { unit: "line" },
        { event: (event) => void out.push(event), envelope: () => {} },
      );
      decoder.push(encoder.encode(`${prefix}${stdout("a")}\r\r`));
      expect(out).toEqual([line("a")]);
      decoder.push(encoder.encode(`${prefix}{"type`));
      expect(out).toHaveLength(1);
    }
  });

  it("skips a byte order mark at the start, in both framings and cut anywhere", () => {
    for (const prefix of ["", "data: "]) {
      for (const chunkBytes of [1, 2, Infinity])
        expect(decode(`\ufeff${prefix}${stdout("a")}\n\n`, {}, chunkBytes).out).toEqual([line("a")]);
    }
  });

  it("takes the first line's framing for the whole stream", () => {
    expect(decode(`${stdout("a")}\n\ndata: ${stdout("b")}\n\n`)).toMatchObject({
      out: [line("a")],
      error: expect.any(ProtocolError),
    });
    expect(decode(`data: ${stdout("a")}\n\n${stdout("b")}\n\n`)).toMatchObject({
      out: [line("a")],
      error: expect.any(ProtocolError),
    });
  });

  it("flushes a last frame without terminator at end of body", () => {
    for (const prefix of ["", "data: "])
      expect(decode(`${prefix}${stdout("a")}`)).toMatchObject({ out: [line("a")], error: undefined });
  });

  it("reads the error envelope in both framings, with and without line end", () => {
    const envelope = { code: "RUNTIME_ERROR", message: "error running in session. timeout after 300ms" };
    for (const head of [`${stdout("a")}\n\n`, `data: ${stdout("a")}\n\n`, `data: ${stdout("a")}\n\ndata: `]) {
      for (const tail of ["", "\n", "\n\n"])
        expect(decode(head + JSON.stringify(envelope) + tail)).toMatchObject({
          out: [line("a"), envelope],
          error: undefined,
        });
    }
    expect(decode('{"code":"UNKNOWN"}').out).toEqual([{ code: "UNKNOWN", message: "" }]);
  });

  it("keeps events of unknown type with their raw value", () => {
    expect(decode('{"type":"novel","deep":{"a":[1]},"timestamp":5}\n\n').out).toEqual([
      { type: "unknown", wireType: "novel", raw: { type: "novel", deep: { a: [1] }, timestamp: 5 }, timestamp: 5 },
    ]);
  });

  it.each([
    ["text", "hello world\n\n"],
    ["HTML", "<html><body>502</body></html>\n"],
    ["a number", "17\n\n"],
    ["an array", "[]\n\n"],
    ["null", "null\n\n"],
    ["an object without type", '{"a":1}\n\n'],
    ["an object whose type is not text", '{"type":1,"code":"C","message":"m"}\n\n'],
    ["two objects on a line", `${stdout("a")}${stdout("b")}\n\n`],
    ["an object on several lines", '{\n"type":"stdout"}\n\n'],
    ["a raw control character inside a text", '{"type":"stdout","text":"a\tb","timestamp":1}\n\n'],
    ["SSE data that is not JSON", "data: [DONE]\n\n"],
    ["SSE data that is not an object", "data: 1\n\n"],
    ["an illegal brace line in SSE", 'data: {"type":"ping"}\n\n{"a":1}\n\n'],
  ])("errors with protocol for %s", (_name, text) => {
    expect(decode(text).error).toBeInstanceOf(ProtocolError);
    expect(decode(text, {}, 1).error).toBeInstanceOf(ProtocolError);
  });

  it("ignores SSE events without data and unknown fields", () => {
    expect(decode(`foo: bar\ndata\n\ndata:\n\nevent: x\n\ndata: ${stdout("a")}\n\n`)).toMatchObject({
      out: [line("a")],
      error: undefined,
    });
  });

  it("errors with stream-truncated when the body ends inside a frame, and tells what came before", () => {
    for (const prefix of ["", "data: "]) {
      const { error } = decode(
        `${prefix}{"type":"init","text":"c1","timestamp":1}\n\n${prefix}${stdout("a")}\n\n${prefix}{"type":"stdo`,
      );
      expect(error).toBeInstanceOf(StreamTruncatedError);
      expect(error).toMatchObject({ commandId: "c1", events: 2, lastEventType: "stdout" });
    }
    expect(decode("dat").error).toBeInstanceOf(StreamTruncatedError);
  });

  it("has no opinion about a body without any frame", () => {
    for (const text of ["", "\n\n", ": only a comment", "\ufeff", "  \n"])
      expect(decode(text)).toMatchObject({ out: [], error: undefined });
  });

  it("bounds an event exactly, whatever the chunks and the framing", () => {
    const frame = stdout("ä".repeat(20));
    const size = encoder.encode(frame).length;
    for (const prefix of ["", "data: "]) {
      for (const chunkBytes of [1, 7, 64, Infinity]) {
        const text = `${prefix}${stdout("a")}\n\n${prefix}${frame}\n\n`;
        expect(decode(text, { maxEventBytes: size }, chunkBytes)).toMatchObject({
          out: [line("a"), line("ä".repeat(20))],
          error: undefined,
        });
        const over = decode(text, { maxEventBytes: size - 1 }, chunkBytes);
        expect(over.out).toEqual([line("a")]);
        expect(isSandboxError(over.error, "event-too-large")).toBe(true);
      }
    }
  });

  it("stops at once from inside the sink, in both framings", () => {
    for (const prefix of ["", "data: "]) {
      const seen: ExecutionEvent[] = [];
      const decoder = createEventDecoder(
        { unit: "line" },
        {
          event: (event) => {
            seen.push(event);
            decoder.stop();
          },
          envelope: () => {},
        },
      );
      decoder.push(encoder.encode(`${prefix}${stdout("a")}\n\n${prefix}${stdout("b")}\n\nrubbish\n\n{]\n`));
      decoder.push(encoder.encode(`${prefix}${stdout("c")}\n\n`));
      decoder.end();
      expect(seen).toEqual([line("a")]);
    }
  });

  it("delivers nothing after an error", () => {
    const out: ExecutionEvent[] = [];
    const decoder = createEventDecoder(
      { unit: "line" },
      { event: (event) => void out.push(event), envelope: () => {} },
    );
    expect(() => decoder.push(encoder.encode("nonsense here\n"))).toThrow(ProtocolError);
    decoder.push(encoder.encode(`${stdout("a")}\n\n`));
    decoder.end();
    expect(out).toEqual([]);
  });

  it("does not keep the chunk that it was given", () => {
    const out: ExecutionEvent[] = [];
    const chunk = new Uint8Array(8);
    const decoder = createEventDecoder(
      { unit: "line" },
      { event: (event) => void out.push(event), envelope: () => {} },
    );
    const bytes = encoder.encode(`${stdout("ärger")}\n\n`);
    for (let at = 0; at < bytes.length; at += chunk.length) {
      const piece = bytes.subarray(at, at + chunk.length);
      chunk.set(piece);
      decoder.push(chunk.subarray(0, piece.length));
      chunk.fill(120);
    }
    expect(out).toEqual([line("ärger")]);
  });

  it("takes an event of many megabytes in small chunks, in both framings", () => {
    const big = "ä".repeat(4 * 1024 * 1024);
    for (const prefix of ["", "data: "])
      expect(
        decode(`${prefix}${stdout(big)}\n\n`, {}, 4096).out.map((event) => "text" in event && event.text === big),
      ).toEqual([true]);
  });

  it("takes a chunk of many short lines with any line end", () => {
    const ping = '{"type":"ping","text":"pong","timestamp":1}';
    for (const prefix of ["", "data: "]) {
      for (const end of ["\n", "\r", "\r\n"])
        expect(decode(`${prefix}${ping}${end}${end}`.repeat(60_000)).out).toHaveLength(60_000);
    }
  });

  it("labels text events with the unit of the endpoint", () => {
    expect(decode(`${stdout("a")}\n\n`, { unit: "chunk" }).out).toEqual([{ ...line("a"), unit: "chunk" }]);
  });

  it("refuses a limit that is no positive number", () => {
    for (const maxEventBytes of [0, -1, Number.NaN])
      expect(() => decode("", { maxEventBytes })).toThrow("maxEventBytes");
  });
});
