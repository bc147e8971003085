/** One line of a sandbox's log. */
export interface SandboxLogLine {
  readonly atMs: number;
  readonly text: string;
}

const MAX_LINES = 1000;

/**
 * What the server did with one sandbox. No command and no output is written here: they may hold secrets.
 *
 * Bounds: the last 1000 lines.
 */
export class SandboxLog {
  readonly #lines: SandboxLogLine[] = [];

  /** Adds a line. */
  write(atMs: number, text: string): void {
    this.#lines.push({ atMs, text });
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }

  /** The last `count` lines that are not older than `sinceMs`, oldest first. */
  tail(count: number, sinceMs = -Infinity): readonly SandboxLogLine[] {
    return this.#lines.filter(({ atMs }) => atMs >= sinceMs).slice(-count);
  }
}
