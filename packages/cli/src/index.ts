export { exitCode, exitCodeOfEnd, exitCodeOfError } from "./exit-code.js";
export { main } from "./main.js";
export type { Terminal, TerminalScreen } from "./terminal.js";
