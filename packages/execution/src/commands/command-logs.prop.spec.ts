import fc from "fast-check";
import { firstValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import { scriptedExecd } from "../testing/scripted-execd.js";
import { logCursor, type LogCursor } from "./command-logs.js";

/** Bytes with whole, broken and unfinished characters. */
const piece = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => new TextEncoder().encode(text)),
  fc.constantFrom(
    Uint8Array.of(0xff),
    Uint8Array.of(0xe4),
    Uint8Array.of(0xe4, 0xbd),
    Uint8Array.of(0xf0, 0x9f, 0x98),
    Uint8Array.of(0x80),
    Uint8Array.of(0xed, 0xa0),
    Uint8Array.of(0x0a),
  ),
);

/** A log that grows between polls, as a daemon serves it: the cursor is a byte offset (`execd.md` 3.2). */
function growingLog(content: Uint8Array, sizes: readonly number[], hidesHeader: boolean) {
  let size = 0;
  let step = 0;
  const grow = (): void => {
    size = Math.min(content.length, size + (sizes[step++] ?? content.length));
  };
  return {
    get isWhole() {
      return size === content.length;
    },
    grow,
    routes: {
      "GET /base/command/c/logs": ({ query }: { readonly query: URLSearchParams }) => {
        const from = Number(query.get("cursor") ?? 0);
        return {
          body: content.slice(from, size),
          headers: hidesHeader ? {} : { "execd-commands-tail-cursor": String(Math.max(from, size)) },
        };
      },
      "GET /base/command/status/c": () => ({ json: { id: "c", running: size < content.length } }),
    },
  };
}

describe("getCommandLogs", () => {
  it("for any bytes and any growth between polls, the answers joined are the whole log decoded once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 8 }),
        fc.array(fc.nat({ max: 5 }), { maxLength: 20 }),
        fc.boolean(),
        async (pieces, sizes, hidesHeader) => {
          const content = Uint8Array.from(pieces.flatMap((bytes) => [...bytes]));
          const log = growingLog(content, sizes, hidesHeader);
          const { execution } = scriptedExecd(log.routes);
          let cursor: LogCursor | undefined;
          let text = "";
          for (let rests = 0; rests < 2;) {
            log.grow();
            const answer = await firstValueFrom(execution.commands.getLogs("c", cursor));
            text += answer.text;
            // A cursor survives being kept as text.
            cursor = logCursor(String(answer.cursor));
            if (log.isWhole) rests += 1;
          }
          expect(text).toBe(new TextDecoder("utf-8", { ignoreBOM: true }).decode(content));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("passes a cursor that does not count bytes through, and its text whole", async () => {
    const { execution, sent } = scriptedExecd({
      "GET /base/command/c/logs": {
        body: Uint8Array.of(0x61, 0xe4),
        headers: { "execd-commands-tail-cursor": "line-7" },
      },
    });
    const first = await firstValueFrom(execution.commands.getLogs("c"));
    expect(first).toEqual({ text: "a\ufffd", cursor: "line-7" });
    await firstValueFrom(execution.commands.getLogs("c", first.cursor));
    expect(sent()).toEqual(["GET /command/c/logs", "GET /command/c/logs?cursor=line-7"]);
  });
});
