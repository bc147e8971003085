import type { Files, IsolatedSession as ClientSession, Isolation, IsolationCapabilities } from "@rxsandbox/client";
import { map, of } from "rxjs";
import { call } from "../call.js";
import { createFiles } from "../files/create-files.js";
import type {
  CreateIsolatedSessionRequest,
  IsolatedCapabilities,
  IsolatedSessionInfo,
  IsolatedSessionState,
  IsolatedSessionSummary,
  IsolationService,
  IsolationSession,
} from "../models/isolation.js";
import { runIsolated } from "./run-isolated.js";
import { toIsolationOptions } from "./to-isolation-options.js";

/** Builds the isolated sessions of one sandbox; sends nothing. */
export function createIsolation(isolation: Isolation<Files>): IsolationService {
  const attach = async (
    session: ClientSession<Files>,
    request: Partial<CreateIsolatedSessionRequest>,
  ): Promise<IsolationSession> => {
    const { raw } = await call("Get isolated session", () => session.get());
    return toSession(session, { ...request, created_at: "", ...raw, session_id: session.id });
  };
  const service: IsolationService = {
    create: async (request) => {
      const session = await call("Create isolated session", () => isolation.create(toIsolationOptions(request)));
      return attach(session, request).catch(async (error: unknown) => {
        // Nobody has its id: the failure of the look is what counts, whatever becomes of the clean-up.
        await call("Delete isolated session", () => session.delete()).catch(() => undefined);
        throw error;
      });
    },
    attach: async (sessionId) =>
      attach(await call("Attach to isolated session", () => of(isolation.attach(sessionId))), {}),
    capabilities: () => call("Get isolation capabilities", () => isolation.capabilities().pipe(map(toCapabilities))),
    list: () =>
      call("List isolated sessions", () =>
        isolation.list().pipe(
          map((sessions) =>
            sessions.map(({ raw, id, status }): IsolatedSessionSummary => ({
              ...raw,
              session_id: id,
              status: status ?? "",
            })),
          ),
        ),
      ),
    withSession: async (request, fn) => {
      const session = await service.create(request);
      try {
        return await fn(session);
      } finally {
        // What `fn` did counts; a session that is left ends by its idle timeout.
        await session.delete().catch(() => undefined);
      }
    },
    runOnce: (code, workspace, { workspaceMode, runOpts, handlers, profile, shareNet, binds, signal } = {}) => {
      const request = {
        workspace: { path: workspace, ...(workspaceMode !== undefined && { mode: workspaceMode }) },
        ...(profile !== undefined && { profile }),
        ...(shareNet !== undefined && { share_net: shareNet }),
        ...(binds !== undefined && { binds }),
      };
      return service.withSession(request, (session) => session.run(code, runOpts, handlers, signal));
    },
  };
  return service;
}

function toSession(session: ClientSession<Files>, info: IsolatedSessionInfo): IsolationSession {
  return {
    sessionId: session.id,
    info,
    files: createFiles(session.files),
    run: (code, opts, handlers, signal) => runIsolated(session, code, opts, handlers, signal),
    get: () =>
      call("Get isolated session", () =>
        session.get().pipe(map(({ raw, status }) => ({ ...raw, status: status ?? "" }) as IsolatedSessionState)),
      ),
    delete: () => call("Delete isolated session", () => session.delete()),
  };
}

function toCapabilities(found: IsolationCapabilities): IsolatedCapabilities {
  const { available, isolator, version, message, setprivAvailable, usernsAvailable, commitSupported, diffSupported } =
    found;
  return {
    available,
    ...(isolator !== null && { isolator }),
    ...(version !== null && { version }),
    ...(message !== null && { message }),
    setpriv_available: setprivAvailable,
    userns_available: usernsAvailable,
    commit_supported: commitSupported,
    diff_supported: diffSupported,
  };
}
