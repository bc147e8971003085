/** How a rule behind the port is started and how long it may be silent. */
export interface RulePortOptions {
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /** Directory that the program runs in; default that of this process. */
  readonly cwd?: string;
  /** Longest wait for the handshake in milliseconds; default 10,000. */
  readonly helloMs?: number;
  /** Longest wait for an answer in milliseconds; default 10,000. */
  readonly answerMs?: number;
  /** Longest wait for the end after stdin was closed in milliseconds; default 5,000. */
  readonly exitMs?: number;
}
