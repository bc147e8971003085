import type { Api } from "../ports/api.js";
import type { Scope } from "../ports/scope.js";
import type { Sockets } from "../ports/sockets.js";
import type { TransportCapabilities } from "../ports/transport.js";

/** One API within the life of a client: what every call of the client is built on. */
export interface ApiConnection {
  /** Its calls error with `closed` once the client closes. */
  readonly api: Api;
  /**
   * The same API while the client closes, too. For clean-ups, and for work that is guarded as a whole because it has to
   * undo or end something when the client closes.
   */
  readonly cleanupApi: Api;
  readonly scope: Scope;
  /** Told each secret that comes up later than the client's own, before it is sent. */
  readonly onSecret?: ((secret: string) => void) | undefined;
}

/** One port of one sandbox, and what the platform can do. */
export interface SandboxConnection extends ApiConnection {
  /**
   * The daemon, not guarded, at the address where the output of foreground commands is read; `cleanupApi` when absent.
   * The daemon's own proxy joins frames, which costs a third of the client's time (`measured.md` 2.4).
   */
  readonly foregroundApi?: Api | undefined;
  /** Names the sandbox in the tokens of followed commands; without it a token fits any sandbox that has none. */
  readonly sandboxId?: string | undefined;
  /** WebSockets at the same address; terminals are `unsupported` when absent. */
  readonly sockets?: Sockets | undefined;
  readonly capabilities: Pick<TransportCapabilities, "connectionClose" | "streamingUpload">;
  /** Bytes that one event may have; 128 MiB when absent. */
  readonly maxEventBytes?: number | undefined;
}

/** Completes a connection whose `api` is not guarded yet. */
export function createConnection<P extends Pick<ApiConnection, "api" | "scope">>(
  parts: P,
): P & Pick<ApiConnection, "cleanupApi"> {
  return { ...parts, api: guardedApi(parts.api, parts.scope), cleanupApi: parts.api };
}

function guardedApi(api: Api, scope: Pick<Scope, "guard">): Api {
  return {
    ...api,
    request: (request) => scope.guard(api.request(request)),
    json: (request, parse) => scope.guard(api.json(request, parse)),
    empty: (request) => scope.guard(api.empty(request)),
    open: (request) => scope.guard(api.open(request)),
  };
}
