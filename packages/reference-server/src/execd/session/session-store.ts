import { randomUUID } from "node:crypto";

import type { SessionState } from "./session-script.js";

/** A bash session: what persists between runs, and the runs under way (`execd.md` 4). */
export interface Session {
  readonly id: string;
  state: SessionState;
  readonly runs: Set<{ destroy(): void }>;
}

/** The sessions of one worker. */
export class SessionStore {
  readonly #sessions = new Map<string, Session>();

  /** Makes a session that starts from the given state. */
  create(state: SessionState): Session {
    const session: Session = { id: randomUUID(), state, runs: new Set() };
    this.#sessions.set(session.id, session);
    return session;
  }

  /** The session with this id. */
  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /** Deletes a session and kills its runs; false when there is none. */
  destroy(id: string): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    this.#sessions.delete(id);
    for (const run of session.runs) run.destroy();
    return true;
  }
}
