import { throwError } from "rxjs";
import { SandboxError, type Sockets } from "@rxsandbox/transport";
import type { ExecutionOptions } from "../execution-options.js";

/** The WebSockets of a sandbox's daemon; where there are none every connection is `unsupported`. */
export function terminalSockets({ sockets }: ExecutionOptions): Sockets {
  return (
    sockets ?? {
      connect: ({ what }) =>
        throwError(() => new SandboxError("unsupported", `${what} [unsupported]: there are no WebSockets here`)),
    }
  );
}
