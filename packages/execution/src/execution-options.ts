import type { Api, Scope, Sockets } from "@rxsandbox/transport";

/** What the execution API of one sandbox is built on. */
export interface ExecutionOptions {
  /** execd of the sandbox; not guarded, since clean-ups use it while the client closes. */
  readonly api: Api;
  /**
   * The same daemon at the address where the output of foreground commands is read; `api` when absent. The daemon's own proxy joins frames,
   * which costs a third of the client's time (`measured.md` 2.4).
   */
  readonly foregroundApi?: Api | undefined;
  readonly scope: Scope;
  /** Names the sandbox in the tokens of followed commands; without it a token fits any sandbox that has none. */
  readonly sandboxId?: string | undefined;
  /** WebSockets of the same daemon; terminals are `unsupported` when absent. */
  readonly sockets?: Sockets | undefined;
  /** Whether the transport can give a request a connection of its own. */
  readonly connectionClose: boolean;
  /** Bytes that one event may have; 128 MiB when absent. */
  readonly maxEventBytes?: number | undefined;
}
