import type {
  WireCreateSandboxRequest,
  WireEndpoint,
  WireRenewRequest,
  WireRenewResponse,
  WireSandbox,
  WireSandboxList,
  WireSnapshot,
  WireSnapshotList,
} from "@rxsandbox/protocol";
import type { Empty, Json, Operation } from "./operation.js";

interface BySandbox {
  path: { sandboxId: string };
}

interface BySnapshot {
  path: { snapshotId: string };
}

interface Paged {
  page?: number;
  pageSize?: number;
}

/** Calls of the lifecycle API below `/v1` (`lifecycle.md`), for {@link createLifecycleClient}. */
export interface LifecyclePaths {
  "/sandboxes": {
    get: Operation<{ 200: Json<WireSandboxList> }, { query: Paged & { state?: string[]; metadata?: string } }>;
    post: Operation<{ 202: Json<WireSandbox> }, { body: WireCreateSandboxRequest }>;
  };
  "/sandboxes/{sandboxId}": {
    get: Operation<{ 200: Json<WireSandbox> }, BySandbox>;
    delete: Operation<{ 204: Empty }, BySandbox>;
  };
  "/sandboxes/{sandboxId}/metadata": {
    patch: Operation<{ 200: Json<WireSandbox> }, BySandbox & { body: Record<string, string | null> }>;
  };
  "/sandboxes/{sandboxId}/pause": { post: Operation<{ 202: Empty }, BySandbox> };
  "/sandboxes/{sandboxId}/resume": { post: Operation<{ 202: Empty }, BySandbox> };
  "/sandboxes/{sandboxId}/renew-expiration": {
    post: Operation<{ 200: Json<WireRenewResponse> }, BySandbox & { body: WireRenewRequest }>;
  };
  "/sandboxes/{sandboxId}/endpoints/{port}": {
    get: Operation<
      { 200: Json<WireEndpoint> },
      { path: { sandboxId: string; port: number }; query: { use_server_proxy?: boolean; expires?: string } }
    >;
  };
  "/sandboxes/{sandboxId}/snapshots": {
    post: Operation<{ 202: Json<WireSnapshot> }, BySandbox & { body: { name?: string } | undefined }>;
  };
  "/snapshots": {
    get: Operation<
      { 200: Json<WireSnapshotList> },
      { query: Paged & { sandboxId?: string; name?: string; state?: string[] } }
    >;
  };
  "/snapshots/{snapshotId}": {
    get: Operation<{ 200: Json<WireSnapshot> }, BySnapshot>;
    delete: Operation<{ 204: Empty }, BySnapshot>;
  };
}
