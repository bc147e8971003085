import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { objectOf, statusOf } from "../../model/read-exchange.js";
import type { MessageSocket, SocketData } from "../../model/message-socket.js";

/** A client of a terminal, by what it got. */
export interface Attached {
  readonly socket: MessageSocket;
  /** Whether the handshake was refused; a proxy accepts it and closes with 1008 (`execd.md` 9). */
  readonly isRefused: boolean;
  /** What was replayed, and from which byte. */
  readonly replay: { readonly offset: number; readonly bytes: Buffer } | undefined;
  /** What came besides the replay, both streams in the order of their frames. */
  readonly output: Buffer;
  /** The replay and the rest as text. */
  readonly text: string;
  readonly exitCode: number | undefined;
  /** Text frames of a type, parsed. */
  frames(type: string): readonly Readonly<Record<string, unknown>>[];
  /** Resolves as soon as `holds` does, or when nothing comes any more. */
  until(holds: (attached: Attached) => boolean): Promise<void>;
  /** Types something. */
  type(text: string): void;
  send(frame: Readonly<Record<string, unknown>>): void;
}

/** How a client comes to a terminal. */
export interface AttachOptions {
  /** Offset of the first byte that is wanted. */
  readonly since?: number;
  readonly isTakeover?: boolean;
  /** A real terminal, with echo and size; default two pipes, whose bytes are those of the shell. */
  readonly isPty?: boolean;
}

/** Makes a terminal that is deleted after the check. */
export async function makeTerminal(
  context: CheckContext,
  execd: Endpoint,
  json: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const answer = await execd.call({
    method: "POST",
    path: "/pty",
    json,
    captures: [{ name: "terminal", from: "json:/session_id" }],
  });
  const { session_id: id } = objectOf(answer);
  context.must(statusOf(answer) === 201 && typeof id === "string" && id !== "", {
    clause: "execd.terminal.create",
    invariant: "created",
    expected: "201 with a session_id",
    observed: [statusOf(answer), id],
  });
  context.defer("terminal", () => execd.call({ method: "DELETE", path: `/pty/${String(id)}` }));
  return String(id);
}

/** Comes to a terminal and waits for its greeting, a refusal or the end. */
export async function attach(
  execd: Endpoint,
  id: string,
  { since, isTakeover = false, isPty = false }: AttachOptions = {},
): Promise<Attached> {
  const query = [
    ...(isPty ? [] : ["pty=0"]),
    ...(since === undefined ? [] : [`since=${since}`]),
    ...(isTakeover ? ["takeover=1"] : []),
  ].join("&");
  const socket = await execd.connect(`/pty/${id}/ws${query === "" ? "" : `?${query}`}`);
  const attached = attachedBy(socket);
  await attached.until(
    () => attached.isRefused || attached.frames("connected").length > 0 || attached.frames("error").length > 0,
  );
  return attached;
}

/** Comes back to a terminal that another client has just left: the daemon may notice that a moment later. */
export async function attachAgain(
  context: CheckContext,
  execd: Endpoint,
  id: string,
  options: AttachOptions = {},
): Promise<Attached> {
  return context.waitUntil(
    () => attach(execd, id, options),
    (seen) => !seen.isRefused,
    10_000,
  );
}

function attachedBy(socket: MessageSocket): Attached {
  const bytesOf = (kinds: readonly number[]): readonly Buffer[] =>
    socket.messages.flatMap((message) =>
      Buffer.isBuffer(message) && kinds.includes(message[0] ?? -1) ? [message.subarray(1)] : [],
    );
  const attached: Attached = {
    socket,
    get isRefused() {
      return socket.status !== 101 || socket.closed?.code === 1008;
    },
    get replay() {
      const [first] = bytesOf([3]);
      return first === undefined || first.length < 8
        ? undefined
        : { offset: Number(first.readBigUInt64BE(0)), bytes: first.subarray(8) };
    },
    get output() {
      return Buffer.concat(bytesOf([1, 2]));
    },
    get text() {
      return Buffer.concat([attached.replay?.bytes ?? Buffer.alloc(0), attached.output]).toString("utf8");
    },
    get exitCode() {
      const code = attached.frames("exit")[0]?.["exit_code"];
      return typeof code === "number" ? code : undefined;
    },
    frames: (type) => socket.messages.flatMap(parsedText).filter((frame) => frame["type"] === type),
    until: (holds) => socket.until(() => holds(attached)),
    type: (text) => socket.send(Buffer.concat([Buffer.from([0]), Buffer.from(text, "utf8")])),
    send: (frame) => socket.send(JSON.stringify(frame)),
  };
  return attached;
}

function parsedText(message: SocketData): readonly Readonly<Record<string, unknown>>[] {
  if (typeof message !== "string") return [];
  try {
    return [JSON.parse(message) as Record<string, unknown>];
  } catch {
    // A text frame that is not JSON says nothing.
    return [];
  }
}
