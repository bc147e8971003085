import type {
  WireCodeContext,
  WireCommandStatus,
  WireCreateCodeContextRequest,
  WireCreateIsolatedSessionRequest,
  WireExecutionEvent,
  WireFileInfo,
  WireMetrics,
  WirePermission,
  WireRunCodeRequest,
  WireRunCommandRequest,
  WireRunInSessionRequest,
  WireRunIsolatedRequest,
} from "@rxsandbox/protocol";
import type { Bytes, Empty, Events, Json, Operation, Text } from "./operation.js";

interface ById {
  path: { id: string };
}

interface BySession {
  path: { sessionId: string };
}

interface Named {
  query: { id: string };
}

interface OfPaths {
  query: { path: string[] };
}

type Run<Takes extends object> = Operation<{ 200: Events<WireExecutionEvent> }, Takes>;
type FileInfos = Json<Record<string, WireFileInfo>>;

/** Calls that every file system of a daemon has, its own and that of an isolated session. */
interface FileCalls<Takes extends object> {
  info: { get: Operation<{ 200: FileInfos }, Takes & OfPaths> };
  search: { get: Operation<{ 200: Json<WireFileInfo[]> }, Takes & { query: { path: string; pattern?: string } }> };
  download: {
    get: Operation<{ 200: Bytes; 206: Bytes }, Takes & { query: { path: string; offset?: number; limit?: number } }>;
  };
  /** A multipart body of one `metadata` and one `file` part for each file. */
  upload: {
    post: Operation<{ 200: Empty }, Takes> & { requestBody?: { content: { "multipart/form-data": FormData } } };
  };
  move: { post: Operation<{ 200: Empty }, Takes & { body: { src: string; dest: string }[] }> };
  permissions: { post: Operation<{ 200: Empty }, Takes & { body: Record<string, WirePermission> }> };
  replace: {
    post: Operation<
      { 200: Json<unknown> },
      Takes & { query: { verbose?: boolean }; body: Record<string, { old: string; new: string }> }
    >;
  };
  files: { delete: Operation<{ 200: Empty }, Takes & OfPaths> };
  list: { get: Operation<{ 200: Json<WireFileInfo[]> }, Takes & { query: { path: string; depth?: number } }> };
  directories: {
    post: Operation<{ 200: Empty }, Takes & { body: Record<string, WirePermission> }>;
    delete: Operation<{ 200: Empty }, Takes & OfPaths>;
  };
}

type Own = FileCalls<object>;
type Isolated = FileCalls<BySession>;
type IsolatedSession = Json<Record<string, unknown>>;

/** Calls of the daemon in a sandbox (`execd.md`), for {@link createExecdClient}. */
export interface ExecdPaths {
  "/ping": { get: Operation<{ 200: Text }> };
  "/metrics": { get: Operation<{ 200: Json<WireMetrics> }> };
  "/metrics/watch": { get: Operation<{ 200: Events<WireMetrics> }> };
  "/command": {
    post: Run<{ body: WireRunCommandRequest }>;
    delete: Operation<{ 200: Empty }, Named>;
  };
  "/command/status/{id}": { get: Operation<{ 200: Json<WireCommandStatus> }, ById> };
  "/command/{id}/logs": { get: Operation<{ 200: Text }, ById & { query: { cursor?: number } }> };
  "/session": { post: Operation<{ 200: Json<{ session_id: string }> }, { body: { cwd?: string } | undefined }> };
  "/session/{sessionId}": { delete: Operation<{ 200: Empty }, BySession> };
  "/session/{sessionId}/run": { post: Run<BySession & { body: WireRunInSessionRequest }> };
  "/code": {
    post: Run<{ body: WireRunCodeRequest }>;
    delete: Operation<{ 200: Empty }, Named>;
  };
  "/code/context": { post: Operation<{ 200: Json<WireCodeContext> }, { body: WireCreateCodeContextRequest }> };
  "/code/contexts": {
    get: Operation<{ 200: Json<WireCodeContext[]> }, { query: { language?: string } }>;
    delete: Operation<{ 200: Empty }, { query: { language: string } }>;
  };
  "/code/contexts/{context_id}": {
    get: Operation<{ 200: Json<WireCodeContext> }, { path: { context_id: string } }>;
    delete: Operation<{ 200: Empty }, { path: { context_id: string } }>;
  };
  "/files": Own["files"];
  "/files/info": Own["info"];
  "/files/search": Own["search"];
  "/files/download": Own["download"];
  "/files/upload": Own["upload"];
  "/files/mv": Own["move"];
  "/files/permissions": Own["permissions"];
  "/files/replace": Own["replace"];
  "/directories": Own["directories"];
  "/directories/list": Own["list"];
  "/v1/isolated/session": { post: Operation<{ 201: IsolatedSession }, { body: WireCreateIsolatedSessionRequest }> };
  "/v1/isolated/sessions": { get: Operation<{ 200: IsolatedSession }> };
  "/v1/isolated/capabilities": { get: Operation<{ 200: IsolatedSession }> };
  "/v1/isolated/session/{sessionId}": {
    get: Operation<{ 200: IsolatedSession }, BySession>;
    delete: Operation<{ 200: Empty }, BySession>;
  };
  "/v1/isolated/session/{sessionId}/run": { post: Run<BySession & { body: WireRunIsolatedRequest }> };
  "/v1/isolated/session/{sessionId}/diff": { get: Operation<{ 200: Json<unknown> }, BySession> };
  "/v1/isolated/session/{sessionId}/commit": { post: Operation<{ 200: Json<unknown> }, BySession> };
  "/v1/isolated/session/{sessionId}/files": Isolated["files"];
  "/v1/isolated/session/{sessionId}/files/info": Isolated["info"];
  "/v1/isolated/session/{sessionId}/files/search": Isolated["search"];
  "/v1/isolated/session/{sessionId}/files/download": Isolated["download"];
  "/v1/isolated/session/{sessionId}/files/upload": Isolated["upload"];
  "/v1/isolated/session/{sessionId}/files/mv": Isolated["move"];
  "/v1/isolated/session/{sessionId}/files/permissions": Isolated["permissions"];
  "/v1/isolated/session/{sessionId}/files/replace": Isolated["replace"];
  "/v1/isolated/session/{sessionId}/directories": Isolated["directories"];
  "/v1/isolated/session/{sessionId}/directories/list": Isolated["list"];
}
