import type { Api, Scope, Sockets } from "@rxsandbox/transport";

/** What the execution API of one sandbox is built on. */
export interface ExecutionOptions {
  /** execd of the sandbox; not guarded, since clean-ups use it while the client closes. */
  readonly api: Api;
  readonly scope: Scope;
  /** WebSockets of the same daemon; terminals are `unsupported` when absent. */
  readonly sockets?: Sockets | undefined;
  /** Whether the transport can give a request a connection of its own. */
  readonly connectionClose: boolean;
  /** Bytes that one event may have; 128 MiB when absent. */
  readonly maxEventBytes?: number | undefined;
}
