import ora from "ora";
import type { Terminal } from "./terminal.js";

/**
 * What is going on while somebody waits: a spinner where the terminal can show one, one line per change elsewhere.
 * Always on standard error.
 */
export interface Progress {
  say(text: string): void;
  done(text: string): void;
  /** Removes the spinner without a word, for example before the output of a command. */
  clear(): void;
  fail(text: string): void;
}

/** Starts a progress display; a quiet one shows nothing. */
export function startProgress(terminal: Terminal, isQuiet = false): Progress {
  if (isQuiet) return { say: nothing, done: nothing, fail: nothing, clear: nothing };
  if (!terminal.isInteractive) {
    let last = "";
    const line = (text: string): void => {
      if (text === last) return;
      last = text;
      void terminal.err(`${text}\n`);
    };
    return { say: line, done: line, fail: line, clear: nothing };
  }
  // Decided above, by stricter rules than the spinner's own.
  const spinner = ora({ discardStdin: false, isEnabled: true });
  return {
    say: (text) => void (spinner.isSpinning ? (spinner.text = text) : spinner.start(text)),
    done: (text) => void spinner.succeed(text),
    fail: (text) => void spinner.fail(text),
    // Stopping writes escape codes even where nothing spins.
    clear: () => void (spinner.isSpinning && spinner.stop()),
  };
}

function nothing(): void {}
