import type { Terminal } from "../terminal.js";

/** Not interactive; keeps what was written. */
export function recordingTerminal(): Terminal & { readonly stdout: string; readonly stderr: string } {
  let stdout = "";
  let stderr = "";
  return {
    isInteractive: false,
    out: async (text) => void (stdout += text),
    err: async (text) => void (stderr += text),
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
  };
}
