import { Subscription } from "rxjs";
import {
  IdleWatch,
  ProtocolError,
  SandboxError,
  isSandboxError,
  startLongTimer,
  toSandboxError,
  type ErrorContext,
  type SocketOpen,
  type Sockets,
} from "@rxsandbox/transport";
import { readTerminalFrame, type TerminalFrame } from "./terminal-frame.js";
import { terminalPath } from "./terminal-calls.js";
import type { TerminalMode } from "./terminal-options.js";

/** How a terminal is asked for. */
export interface TerminalSocketRequest {
  readonly id: string;
  readonly mode: TerminalMode;
  readonly since: number;
  readonly takeover: boolean;
}

/** What happens on one connection; after the first of `refused`, `lost` and `failed` nothing does. */
export interface TerminalSocketListener {
  /** The shell is there; `replay` is what it had written since the offset asked for. */
  connected(
    mode: TerminalMode,
    socket: SocketOpen,
    replay: Extract<TerminalFrame, { type: "replay" }> | undefined,
  ): void;
  output(frame: Extract<TerminalFrame, { type: "output" }>): void;
  exit(exitCode: number): void;
  /** There may be a reason that another connection would meet again. `hasOpened`: a shell may have been started. */
  refused(error: SandboxError): void;
  lost(error: SandboxError, hasOpened: boolean): void;
  failed(error: SandboxError): void;
}

/** A connection that says nothing for so long is dead; the server answers a question that is asked every 15 s. */
const SILENCE_MS = 45_000;
const ASK_MS = 15_000;
/** Output that an exit overtook may still come until the connection is closed, which follows at once. */
const LATE_OUTPUT_MS = 1000;
const WHAT = "Attach to terminal";
const REFUSED_BY_PROXY = 1008;
const TAKEN_OVER = 4001;

/** Opens one connection of a terminal; unsubscribing closes it. */
export function openTerminalSocket(
  sockets: Sockets,
  request: TerminalSocketRequest,
  listener: TerminalSocketListener,
): Subscription {
  const { id, mode, since, takeover } = request;
  const path = `${terminalPath(id)}/ws`;
  const context: ErrorContext = { what: WHAT, method: "GET", path };
  const query = { pty: mode === "pipe" ? "0" : undefined, since, takeover: takeover ? "1" : undefined };
  const life = new Subscription();
  let socket: SocketOpen | undefined;
  let replay: Extract<TerminalFrame, { type: "replay" }> | undefined;

  let exitCode: number | undefined;

  /** At most one end, and none after an unsubscribe. */
  const end = (tell: () => void): void => {
    if (life.closed) return;
    life.unsubscribe();
    tell();
  };
  const exited = (): void => end(() => listener.exit(exitCode ?? -1));
  const lose = (reason: string, cause?: unknown): void => {
    if (exitCode !== undefined) return exited();
    end(() =>
      listener.lost(
        new SandboxError("network", { ...context, detail: reason }, { cause, retryable: true }),
        socket !== undefined,
      ),
    );
  };

  function frame(received: TerminalFrame): void {
    switch (received.type) {
      case "replay":
        replay = received;
        return;
      case "connected":
        if (socket !== undefined) listener.connected(received.mode, socket, replay);
        return;
      case "output":
        return listener.output(received);
      case "exit":
        exitCode = received.exitCode;
        life.add(startLongTimer(LATE_OUTPUT_MS, exited));
        return;
      case "error":
        // The connection stays: it only does not know a frame of ours.
        if (received.code === "INVALID_FRAME") return;
        return end(() => listener.failed(frameError(context, received)));
      case "other":
        return;
    }
  }

  function closed(code: number, reason: string): void {
    if (exitCode !== undefined) exited();
    else if (code === TAKEN_OVER) end(() => listener.failed(conflict(context)));
    else if (code === REFUSED_BY_PROXY)
      end(() => listener.refused(new SandboxError("network", { ...context, detail: "the proxy closed it with 1008" })));
    else lose(`closed with ${code}${reason === "" ? "" : ` (${reason.slice(0, 100)})`} before the shell ended`);
  }

  const watch = new IdleWatch(SILENCE_MS, () => lose(`nothing was heard for ${SILENCE_MS / 1000} s`));
  const asking = setInterval(() => socket?.send('{"type":"ping"}'), ASK_MS);
  life.add(() => {
    watch.pause();
    clearInterval(asking);
  });
  life.add(
    sockets.connect({ what: WHAT, path, query }).subscribe({
      next: (part) => {
        if (life.closed) return;
        watch.touch();
        if (part.kind === "open") socket = part;
        else if (part.kind === "close") closed(part.code, part.reason);
        else {
          try {
            frame(readTerminalFrame(part.data));
          } catch (error) {
            end(() =>
              listener.failed(
                isSandboxError(error)
                  ? error
                  : new ProtocolError({ ...context, detail: "a frame cannot be read" }, { cause: error }),
              ),
            );
          }
        }
      },
      error: (error: unknown) => {
        const known = toSandboxError(error, context);
        if (known.code !== "network" && known.code !== "timeout") end(() => listener.failed(known));
        else if (socket === undefined) end(() => listener.refused(known));
        else lose(known.text.detail, known);
      },
      complete: () => lose("the connection ended"),
    }),
  );
  return life;
}

function conflict(context: ErrorContext): SandboxError {
  return new SandboxError(
    "conflict",
    { ...context, detail: "another client took the terminal over" },
    { serverCode: "TAKEN_OVER" },
  );
}

function frameError(context: ErrorContext, { code, message }: Extract<TerminalFrame, { type: "error" }>): SandboxError {
  const kind =
    code === "SESSION_GONE"
      ? "not-found"
      : code === "ALREADY_CONNECTED" || code === "TAKEN_OVER"
        ? "conflict"
        : "server-error";
  const text = message.replace(/\s+/g, " ").slice(0, 300);
  return new SandboxError(
    kind,
    { ...context, detail: `${code}${text === "" ? "" : `: ${text}`}` },
    { serverCode: code },
  );
}
