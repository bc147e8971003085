import type { Terminal } from "./terminal.js";

/** The terminal sessions of one worker. */
export class TerminalStore {
  readonly #terminals = new Map<string, Terminal>();

  add(terminal: Terminal): void {
    this.#terminals.set(terminal.id, terminal);
  }

  /** The session with this id. */
  get(id: string): Terminal | undefined {
    return this.#terminals.get(id);
  }

  /** Deletes a session and kills what runs in it; false when there is none. */
  delete(id: string): boolean {
    const terminal = this.#terminals.get(id);
    this.#terminals.delete(id);
    terminal?.delete();
    return terminal !== undefined;
  }
}
