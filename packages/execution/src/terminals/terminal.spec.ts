import { runInNewContext } from "node:vm";
import { EMPTY, Subject, delay, firstValueFrom, merge, NEVER, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ScriptedTerminal, replayFrame, type TerminalScript } from "../testing/scripted-terminal.js";
import type { Terminal } from "./terminal.js";
import { createTerminals, type Terminals } from "./terminals.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: string | Uint8Array): string => (typeof data === "string" ? data : new TextDecoder().decode(data));
const settle = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(200_000);
};

function setUp(script: TerminalScript): { readonly daemon: ScriptedTerminal; readonly terminals: Terminals } {
  const daemon = new ScriptedTerminal(script);
  return { daemon, terminals: createTerminals(daemon.context()) };
}

async function opened(
  script: TerminalScript,
  options = {},
): Promise<{ readonly daemon: ScriptedTerminal; readonly terminal: Terminal }> {
  const { daemon, terminals } = setUp(script);
  return { daemon, terminal: await firstValueFrom(terminals.create(options)) };
}

/** Everything an Observable notifies until it has settled. */
async function notifications(terminal: Terminal): Promise<unknown[]> {
  const seen: unknown[] = [];
  terminal.output.subscribe({
    next: (item) => void seen.push(item.type === "output" ? text(item.bytes) : item),
    error: (error: { readonly code: string; readonly serverCode?: string }) =>
      void seen.push([error.code, error.serverCode]),
    complete: () => void seen.push("complete"),
  });
  await settle();
  return seen;
}

describe("Terminal", () => {
  it("connects when somebody subscribes, shares the connection, and tells its states", async () => {
    const { daemon, terminal } = await opened({ pieces: [bytes("a"), bytes("b")], exitCode: 3 });
    const states: string[] = [];
    terminal.state.subscribe({ next: (state) => void states.push(state), complete: () => void states.push("|") });
    expect(daemon.connections).toEqual([]);
    const exits: number[] = [];
    terminal.exit.subscribe((code) => void exits.push(code));
    expect(await notifications(terminal)).toEqual(["a", "b", "complete"]);
    expect(exits).toEqual([3]);
    expect(daemon.connections).toEqual([{ pty: undefined, since: 0, takeover: undefined }]);
    expect(states).toEqual(["idle", "connecting", "open", "ended", "|"]);
    // An ended terminal starts no new shell.
    expect(await notifications(terminal)).toEqual(["complete"]);
    expect(await firstValueFrom(terminal.exit)).toBe(3);
    expect(daemon.connections).toHaveLength(1);
  });

  it("keeps input for the connection, in order, and sends its size on each", async () => {
    const { daemon, terminal } = await opened({ pieces: [bytes("a")], cuts: [3] }, { cols: 100, rows: 30 });
    terminal.input.next("é");
    terminal.input.next(new Uint8Array([1, 2]));
    await notifications(terminal);
    terminal.input.next("late");
    const size = '{"type":"resize","cols":100,"rows":30}';
    expect(daemon.received.slice(0, 3)).toEqual([size, new Uint8Array([0, 0xc3, 0xa9]), new Uint8Array([0, 1, 2])]);
    expect(daemon.received.filter((data) => data === size).length).toBeGreaterThanOrEqual(1);
    expect(daemon.received.some((data) => text(data).includes("late"))).toBe(false);
  });

  it("takes bytes of another realm, and of a part of a buffer, as input", async () => {
    const { daemon, terminal } = await opened({ pieces: [bytes("a")], cuts: [3] });
    const foreign = runInNewContext("new Uint8Array([1, 2])") as Uint8Array;
    for (const data of [foreign, foreign.buffer as ArrayBuffer, new DataView(new Uint8Array([0, 1, 2]).buffer, 1)])
      terminal.input.next(data);
    await notifications(terminal);
    expect(daemon.received.filter((data) => typeof data !== "string").slice(0, 3)).toEqual(
      [1, 2, 3].map(() => new Uint8Array([0, 1, 2])),
    );
  });

  it("takes input from an Observable, whose end is not the terminal's", async () => {
    const { daemon, terminal } = await opened({
      pieces: [],
      says: ({ message }) => message('{"type":"connected","session_id":"t","mode":"pty"}\n'),
    });
    const typed = new Subject<string>();
    const leaving = merge(terminal.output, EMPTY).subscribe();
    typed.subscribe(terminal.input);
    await vi.advanceTimersByTimeAsync(10);
    typed.next("x");
    typed.complete();
    terminal.input.next("y");
    terminal.signal("SIGINT");
    terminal.resize(10, 5);
    expect(daemon.received).toEqual([
      new Uint8Array([0, 120]),
      new Uint8Array([0, 121]),
      '{"type":"signal","signal":"SIGINT"}',
      '{"type":"resize","cols":10,"rows":5}',
    ]);
    leaving.unsubscribe();
    expect(() => terminal.signal("SIGINT")).toThrow("invalid-state");
  });

  it("refuses what is no input and more than 16 MiB of it", async () => {
    const { terminal } = await opened({ pieces: [] });
    expect(() => terminal.input.next(1 as never)).toThrow(
      expect.objectContaining({ code: "invalid-argument", argument: "data" }),
    );
    expect(() => terminal.input.next(new Uint8Array(16 * 1024 * 1024))).toThrow(
      expect.objectContaining({ code: "limit-exceeded" }),
    );
    expect(() => terminal.resize(0, 1)).toThrow(expect.objectContaining({ argument: "cols" }));
    expect(() => terminal.signal("SIGUSR1" as never)).toThrow(expect.objectContaining({ argument: "signal" }));
  });

  it("goes on at its offset for the next subscriber", async () => {
    const { daemon, terminal } = await opened({ pieces: [bytes("ab"), bytes("cd"), bytes("e")] });
    const first: string[] = [];
    await new Promise<void>((resolve) => {
      const subscription = terminal.output.subscribe((item) => {
        if (item.type === "output") first.push(text(item.bytes));
        queueMicrotask(() => {
          subscription.unsubscribe();
          resolve();
        });
      });
      void vi.advanceTimersByTimeAsync(5);
    });
    expect(first).toEqual(["ab"]);
    expect(terminal.offset).toBe(2);
    expect(await notifications(terminal)).toEqual(["cd", "e", "complete"]);
    expect(daemon.connections.map((query) => query["since"])).toEqual([0, 2]);
  });

  it.each([
    [409, "ALREADY_CONNECTED", "conflict"],
    [404, "CONTEXT_NOT_FOUND", "not-found"],
  ])("explains a handshake that was refused with %i", async (status, code, expected) => {
    const { terminal } = await opened({ pieces: [], refusal: { status, code } });
    expect(await notifications(terminal)).toEqual([[expected, code]]);
  });

  it("explains a close with 1008, by which the server proxy hides a refusal", async () => {
    const { daemon, terminal } = await opened({ pieces: [], says: ({ close }) => close(1008) });
    expect(await notifications(terminal)).toEqual([["network", undefined]]);
    expect(daemon.connections).toHaveLength(9);
  });

  it("ends with conflict when it is taken over, and does not take it back", async () => {
    const { daemon, terminal } = await opened({ pieces: [], says: ({ close }) => close(4001, "TAKEN_OVER") });
    expect(await notifications(terminal)).toEqual([["conflict", "TAKEN_OVER"]]);
    expect(daemon.connections).toHaveLength(1);
  });

  it.each([
    ['{"type":"error","error":"fork/exec","code":"START_FAILED"}\n', "server-error", "START_FAILED"],
    ["no json", "protocol", undefined],
  ])("errors on %s", async (frame, code, serverCode) => {
    const { terminal } = await opened({ pieces: [], says: ({ message }) => message(frame) });
    expect(await notifications(terminal)).toEqual([[code, serverCode]]);
  });

  it("gives up after its reconnects", async () => {
    const { daemon, terminal } = await opened({ pieces: [], cuts: [0, 0, 0, 0] }, { maxReconnects: 2 });
    expect(await notifications(terminal)).toEqual([["network", undefined]]);
    expect(daemon.connections).toHaveLength(3);
  });

  it("gives up on connections that work but break at once, and not on ones that hold", async () => {
    const connected = '{"type":"connected","session_id":"t","mode":"pty"}\n';
    const flapping = await opened(
      { pieces: [], says: ({ message, close }) => (message(connected), close(1011)) },
      { maxReconnects: 2 },
    );
    expect(await notifications(flapping.terminal)).toEqual([["network", undefined]]);
    expect(flapping.daemon.connections).toHaveLength(3);
    const holding = await opened(
      { pieces: [], says: ({ message, close }) => (message(connected), void setTimeout(() => close(1011), 11_000)) },
      { maxReconnects: 2 },
    );
    expect(await notifications(holding.terminal)).toEqual([]);
    expect(holding.daemon.connections.length).toBeGreaterThan(10);
  });

  it("tells the end of a shell that ended while it was away", async () => {
    const { daemon, terminal } = await opened(
      { pieces: [bytes("a"), bytes("b")], cuts: [3], writesAlone: 5 },
      { command: "make" },
    );
    expect(await notifications(terminal)).toEqual([
      "a",
      { type: "gap", offset: 1, missingBytes: 1 },
      ["stream-truncated", undefined],
    ]);
    expect(daemon.connections).toHaveLength(1);
  });

  it("calls a replay mixed in pipe mode, whatever came before connected", async () => {
    const { terminal } = await opened(
      {
        pieces: [],
        says: ({ message, close }) => {
          message(replayFrame(0, [65, 66]));
          message('{"type":"connected","session_id":"t","mode":"pipe"}\n');
          message(new Uint8Array([2, 67]));
          message('{"type":"exit","exit_code":0}\n');
          close(1000, "process exited");
        },
      },
      { mode: "pipe" },
    );
    const streams: unknown[] = [];
    terminal.output.subscribe((item) => void streams.push(item.type === "output" ? [item.stream, item.offset] : item));
    await settle();
    expect(streams).toEqual([
      ["mixed", 0],
      ["stderr", 2],
    ]);
  });
});

describe("createTerminals", () => {
  it("asks about a session before it attaches, and refuses an offset behind the output", async () => {
    const { daemon, terminals } = setUp({ pieces: [bytes("x")] });
    const terminal = await firstValueFrom(terminals.attach("t1", { takeover: true }));
    expect(daemon.calls).toEqual(["GET /pty/t1"]);
    expect(await notifications(terminal)).toEqual(["x", "complete"]);
    expect(daemon.connections[0]).toMatchObject({ takeover: "1" });
    await expect(firstValueFrom(terminals.attach("t1", { since: 2 }))).rejects.toMatchObject({
      code: "invalid-request",
    });
    expect(await firstValueFrom(terminals.get("t1"))).toEqual({ id: "t1", running: false, outputOffset: 1 });
  });

  it("deletes a session whose answer comes after the unsubscribe", async () => {
    const daemon = new ScriptedTerminal({ pieces: [] });
    const context = daemon.context();
    const late: typeof context.api = {
      ...context.api,
      json: (request, parse) => context.api.json(request, parse).pipe(delay(50)),
    };
    const seen: Terminal[] = [];
    const subscription = createTerminals({ ...context, cleanupApi: late })
      .open()
      .subscribe((terminal) => void seen.push(terminal));
    await vi.advanceTimersByTimeAsync(10);
    subscription.unsubscribe();
    await settle();
    expect(seen).toEqual([]);
    expect(daemon.calls).toEqual(["POST /pty", "DELETE /pty/t1"]);
  });

  it("deletes a scoped terminal at the end of its work, and one whose work is left", async () => {
    const { daemon, terminals } = setUp({ pieces: [bytes("x")] });
    const work = firstValueFrom(terminals.withTerminal({}, ({ output }) => output).pipe(toArray()));
    await settle();
    expect(await work).toHaveLength(1);
    terminals
      .withTerminal({}, () => NEVER)
      .subscribe()
      .unsubscribe();
    await settle();
    expect(daemon.calls.filter((call) => call === "DELETE /pty/t1")).toHaveLength(2);
  });

  it.each([
    ["mode", { mode: "tty" }],
    ["cols", { cols: 0 }],
    ["rows", { rows: 1.5 }],
    ["cols", { mode: "pipe", cols: 80 }],
    ["maxReconnects", { maxReconnects: -1 }],
    ["cwd", { cwd: "" }],
    ["command", { command: " " }],
    ["colums", { colums: 3 }],
  ])("refuses a wrong %s", (argument, options) => {
    const { terminals } = setUp({ pieces: [] });
    expect(() => terminals.create(options as never)).toThrow(
      expect.objectContaining({ code: "invalid-argument", argument }),
    );
  });

  it("refuses wrong arguments of an attachment", () => {
    const { terminals } = setUp({ pieces: [] });
    expect(() => terminals.attach("")).toThrow(expect.objectContaining({ argument: "terminalId" }));
    expect(() => terminals.attach("t", { since: -1 })).toThrow(expect.objectContaining({ argument: "since" }));
    expect(() => terminals.attach("t", { takeover: 1 as never })).toThrow(
      expect.objectContaining({ argument: "takeover" }),
    );
  });
});
