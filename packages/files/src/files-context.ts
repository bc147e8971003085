import type { Api, Scope } from "@rxsandbox/transport";

/** What file calls are built on. */
export interface FilesContext {
  /** The daemon of one sandbox: logical port 44772. */
  readonly api: Api;
  readonly scope: Pick<Scope, "guard" | "cleanup">;
  /** Whether the transport can send a body that it reads meanwhile. */
  readonly streamingUpload: boolean;
}
