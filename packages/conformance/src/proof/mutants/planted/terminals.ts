import type { Alteration, GatewayAnswer, GatewayRequest, SocketMessage } from "../../../gateway/alteration.js";
import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answerJson, answers, execdRoute } from "./altering.js";

const isTerminal = execdRoute("GET", /^\/pty\/[^/]+$/);
const done: GatewayAnswer = { status: 200, headers: {}, body: Buffer.alloc(0) };

/** Whether a request is a handshake of a terminal. */
function isHandshake({ part, path, headers }: GatewayRequest): boolean {
  return part === "execd" && /^\/pty\/[^/]+\/ws/.test(path) && headers["upgrade"] === "websocket";
}

/** Changes the path of handshakes. */
function handshakes(change: (path: string) => string): Alteration {
  return { request: (request) => (isHandshake(request) ? { ...request, path: change(request.path) } : request) };
}

/** Changes the messages of one side; nothing drops one. */
function messages(
  from: SocketMessage["from"],
  change: (data: string | Buffer, request: GatewayRequest) => string | Buffer | undefined,
): Alteration {
  return {
    message(message, request) {
      if (message.from !== from) return [message];
      const data = change(message.data, request);
      return data === undefined ? [] : [{ from, data }];
    },
  };
}

/** Changes what a daemon sends of one kind: 1 and 2 are output, 3 is the replay, whose first 8 bytes are its offset. */
function sent(
  kinds: readonly number[],
  change: (data: Buffer, request: GatewayRequest) => Buffer | undefined,
): Alteration {
  return messages("server", (data, request) =>
    Buffer.isBuffer(data) && kinds.includes(data[0] ?? -1) ? change(data, request) : data,
  );
}

/** Changes the exit code that a daemon tells. */
function exits(change: (code: number) => number | undefined): Alteration {
  return messages("server", (data) => {
    if (typeof data !== "string" || !data.includes('"exit"')) return data;
    const code = change(Number(/"exit_code":(-?\d+)/.exec(data)?.[1]));
    return code === undefined ? undefined : `{"type":"exit","exit_code":${code}}\n`;
  });
}

function sinceOf(path: string): number {
  return Number(/since=(\d+)/.exec(path)?.[1] ?? 0);
}

/** Daemons whose terminals are wrong in one way. */
export const terminalMutants: readonly ServerMutant[] = [
  always(
    "terminal-created-with-200",
    "a terminal is created with 200",
    "execd/terminal/rest",
    "execd.terminal.create/created",
    () =>
      answers(execdRoute("POST", /^\/pty$/), (answer) => (answer.status === 201 ? { ...answer, status: 200 } : answer)),
  ),
  always(
    "terminal-runs-before-client",
    "a terminal says that it runs before anybody came",
    "execd/terminal/rest",
    "execd.terminal.read/before",
    () =>
      answerJson(isTerminal, (json) => ({
        ...json,
        running: json["session_id"] !== undefined && json["output_offset"] === 0 ? true : json["running"],
      })),
  ),
  conditional(
    "terminal-offset-counts-lines",
    "the offset of a terminal that wrote counts lines",
    "execd/terminal/rest",
    "execd.terminal.read/during",
    () =>
      answerJson(isTerminal, (json) =>
        Number(json["output_offset"]) > 0 && json["running"] === true ? { ...json, output_offset: 1 } : json,
      ),
  ),
  always(
    "terminal-delete-ignored",
    "deleting a terminal is answered and not done",
    "execd/terminal/rest",
    "execd.terminal.delete/client-let-go",
    () => ({ request: (request) => (execdRoute("DELETE", /^\/pty\/[^/]+$/)(request) ? done : request) }),
  ),
  conditional(
    "terminal-delete-again-succeeds",
    "deleting a terminal a second time succeeds",
    "execd/terminal/rest",
    "execd.terminal.delete/gone-is-404",
    () => answers(execdRoute("DELETE", /^\/pty\/[^/]+$/), (answer) => (answer.status === 404 ? done : answer)),
  ),
  always(
    "terminal-text-input-ignored",
    "input that comes as text is ignored",
    "execd/terminal/echo",
    "execd.terminal.echo/text-typed",
    () => messages("client", (data) => (typeof data === "string" && data.includes('"stdin"') ? undefined : data)),
  ),
  conditional(
    "terminal-input-ascii",
    "input loses the high bit of its bytes",
    "execd/terminal/echo",
    "execd.terminal.echo/bytes-typed",
    () => messages("client", (data) => (Buffer.isBuffer(data) ? Buffer.from(data.map((byte) => byte & 0x7f)) : data)),
  ),
  conditional(
    "terminal-output-dropped-beyond",
    "a frame of output is dropped after 64 KiB",
    "execd/terminal/echo",
    "execd.terminal.echo/long-output",
    () => {
      const sizes = new Map<string, number>();
      return sent([1], (data, { path }) => {
        const before = sizes.get(path) ?? 0;
        sizes.set(path, before + data.length);
        return before < 65_536 && before + data.length >= 65_536 ? undefined : data;
      });
    },
  ),
  conditional(
    "terminal-output-split-loses-byte",
    "the last byte of a full frame is lost",
    "execd/terminal/echo",
    "execd.terminal.echo/long-output",
    () => sent([1], (data) => (data.length >= 32_768 ? data.subarray(0, -1) : data)),
  ),
  always(
    "terminal-exit-is-zero",
    "every shell ends with 0",
    "execd/terminal/exit",
    "execd.terminal.exit/exit-code",
    () => exits(() => 0),
  ),
  conditional(
    "terminal-exit-signed",
    "an exit code above 127 is negative",
    "execd/terminal/exit",
    "execd.terminal.exit/exit-code",
    () => exits((code) => (code > 127 ? code - 256 : code)),
  ),
  conditional(
    "terminal-exit-missing",
    "the end of a shell that succeeds is not told",
    "execd/terminal/exit",
    "execd.terminal.exit/exit-code",
    () => exits((code) => (code === 0 ? undefined : code)),
  ),
  conditional(
    "terminal-runs-after-exit",
    "a terminal whose shell failed says that it runs on",
    "execd/terminal/exit",
    "execd.terminal.exit/runs-no-more",
    () => {
      let hasFailed = false;
      return {
        ...exits((code) => {
          if (code === 7) hasFailed = true;
          return code;
        }),
        ...answerJson(isTerminal, (json) =>
          hasFailed && json["output_offset"] === 0 ? { ...json, running: true } : json,
        ),
      };
    },
  ),
  always(
    "terminal-shared",
    "a second client takes a terminal over without asking for it",
    "execd/terminal/exclusive",
    "execd.terminal.exclusive/second-is-409",
    () =>
      handshakes((path) => (path.includes("takeover") ? path : `${path}${path.includes("?") ? "&" : "?"}takeover=1`)),
  ),
  always(
    "terminal-no-takeover",
    "nobody can take a terminal over",
    "execd/terminal/exclusive",
    "execd.terminal.exclusive/takeover",
    () => handshakes((path) => path.replace(/[?&]takeover=1/, "")),
  ),
  conditional(
    "terminal-takeover-mute",
    "who takes a terminal over cannot type",
    "execd/terminal/exclusive",
    "execd.terminal.exclusive/new-client-works",
    () => messages("client", (data, { path }) => (path.includes("takeover") ? undefined : data)),
  ),
  always("terminal-resize-ignored", "sizes are ignored", "execd/terminal/resize", "execd.terminal.resize/size", () =>
    messages("client", (data) => (typeof data === "string" && data.includes('"resize"') ? undefined : data)),
  ),
  conditional(
    "terminal-resize-swapped",
    "rows and columns are taken for each other",
    "execd/terminal/resize",
    "execd.terminal.resize/size",
    () =>
      messages("client", (data) =>
        typeof data === "string" && data.includes('"resize"')
          ? data.replace('"cols"', '"x"').replace('"rows"', '"cols"').replace('"x"', '"rows"')
          : data,
      ),
  ),
  conditional(
    "terminal-second-resize-ignored",
    "a terminal takes one size only",
    "execd/terminal/resize",
    "execd.terminal.resize/size",
    () => {
      const sized = new Set<string>();
      return messages("client", (data, { path }) => {
        if (typeof data !== "string" || !data.includes('"resize"')) return data;
        if (sized.has(path)) return undefined;
        sized.add(path);
        return data;
      });
    },
  ),
  always(
    "terminal-replays-all",
    "everything is replayed whatever is asked for",
    "execd/terminal-replay/cuts",
    "execd.terminal.replay/offset",
    () => handshakes((path) => path.replace(/since=\d+/, "since=0")),
  ),
  conditional(
    "terminal-replay-repeats-byte",
    "a replay that does not begin at 0 repeats one byte under its offset",
    "execd/terminal-replay/cuts",
    "execd.terminal.replay/no-gap-no-repeat",
    () =>
      sent([3], (data, { path }) =>
        sinceOf(path) > 0 && data.length > 9 ? Buffer.concat([data.subarray(0, 10), data.subarray(9)]) : data,
      ),
  ),
  conditional(
    "terminal-replay-at-characters",
    "a replay begins at the next whole character",
    "execd/terminal-replay/cuts",
    "execd.terminal.replay/no-gap-no-repeat",
    () =>
      sent([3], (data) => {
        let start = 9;
        while (((data[start] ?? 0) & 0xc0) === 0x80) start++;
        return Buffer.concat([data.subarray(0, 9), data.subarray(start)]);
      }),
  ),
  conditional(
    "terminal-replay-lacks-end",
    "a replay of more than 8 bytes lacks its last",
    "execd/terminal-replay/detached",
    "execd.terminal.replay/replayed",
    () => sent([3], (data) => (data.length > 17 ? data.subarray(0, -1) : data)),
  ),
  conditional(
    "terminal-output-lost-at-exit",
    "the last frame of a shell that has written much is lost, in the replay too",
    "execd/terminal-replay/at-exit",
    "X52/output-lost",
    () =>
      sent([1, 3], (data) =>
        data.includes("last-") ? Buffer.from(data.toString("latin1").replace(/last-[a-z0-9]+$/, ""), "latin1") : data,
      ),
  ),
];
