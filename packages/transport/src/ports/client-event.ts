import type { SandboxError } from "../errors/sandbox-error.js";
import type { CleanupSubject } from "./scope.js";

/**
 * What the client tells about its own work. Never holds a secret: addresses are cut to the path, headers are left out.
 */
export type ClientEvent =
  | {
      readonly type: "request";
      readonly requestId: string;
      readonly method: string;
      readonly path: string;
      readonly attempt: number;
    }
  | {
      readonly type: "response";
      readonly requestId: string;
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly durationMs: number;
    }
  | {
      readonly type: "retry";
      readonly requestId: string;
      readonly method: string;
      readonly path: string;
      readonly attempt: number;
      readonly delayMs: number;
      readonly cause: SandboxError;
    }
  | {
      readonly type: "failed";
      readonly requestId: string;
      readonly method: string;
      readonly path: string;
      readonly error: SandboxError;
    }
  | { readonly type: "cleanup-failed"; readonly subject: CleanupSubject; readonly error: SandboxError };
