import type { Observable } from "rxjs";
import type { SandboxFate } from "../errors/sandbox-gone-error.js";

/** How a sandbox port is reached. */
export type AccessPath = "direct" | "proxy" | "signed";

/** A resolved address of one port of a sandbox. */
export interface Endpoint {
  /** `scheme://host[:port][/path]` without trailing slash. May carry a token: never show it whole. */
  readonly url: string;
  /** Go to this endpoint and nowhere else (`lifecycle.md` 5). */
  readonly headers: Readonly<Record<string, string>>;
  readonly access: AccessPath;
}

/** Where execution, files and egress get their base URL from; lifecycle implements it, client injects it. */
export interface EndpointSource {
  /** Emits the current address of a logical port and completes; a cached one where there is one. */
  resolve(port: number): Observable<Endpoint>;
  /** Forgets a cached address, for example after a refused connection. */
  invalidate(port: number): void;
  /**
   * Reads once what became of the sandbox; emits `undefined` when nothing is known. Absent where no server can be
   * asked.
   */
  readonly readFate?: (() => Observable<SandboxFate | undefined>) | undefined;
}
