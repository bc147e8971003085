/** What a reference server tells its observer; the names are stable, and none carries a secret. */
export type ServerEvent =
  | {
      readonly type: "started";
      readonly domain: string;
      readonly driver: "namespace" | "process";
      readonly network: "own" | "shared";
      readonly isolates: readonly string[];
      readonly doesNotIsolate: readonly string[];
    }
  | { readonly type: "swept"; readonly runs: number }
  | {
      readonly type: "request";
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly requestId: string;
    }
  | { readonly type: "sandbox-created"; readonly id: string; readonly startMs: number }
  | { readonly type: "sandbox-exited"; readonly id: string; readonly exitCode: number }
  /** The server ended a sandbox that could not go on: `reason` and `message` of its status. */
  | { readonly type: "sandbox-failed"; readonly id: string; readonly reason: string; readonly message: string }
  | { readonly type: "sandbox-removed"; readonly id: string; readonly reason: "deleted" | "expired" | "closed" }
  | { readonly type: "failure"; readonly what: string; readonly message: string }
  | { readonly type: "stopped" };
