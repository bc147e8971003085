/**
 * Where an execd worker listens: a Unix socket (how the server starts it) or a TCP address (stand-alone and in tests).
 */
export type ExecdListen = { readonly socketPath: string } | { readonly host: string; readonly port: number };

/**
 * What the server tells an execd worker: one line of JSON on its standard input.
 *
 * After that line standard input is the worker's lifeline: at its end the worker kills every process it started and
 * exits at once. The worker answers with one {@link ExecdReady} line on standard output as soon as it listens;
 * standard error carries diagnostics only.
 */
export interface ExecdConfig {
  /** Where the worker listens; one socket serves the execd API and `/proxy/{port}/{path}`. */
  readonly listen: ExecdListen;
  /** Home directory of the sandbox, as its processes see it. */
  readonly home: string;
  /** Working directory of commands that name none. */
  readonly workingDirectory: string;
  /** The whole base environment of commands; nothing of the worker's own environment is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds a `/command` answer stays open after its terminal event; 1000 like a real daemon. */
  readonly tailMs: number;
  /** Milliseconds between two looks at a command's output; 100 like a real daemon. */
  readonly pollMs: number;
  /** Milliseconds between two pings; 3000 like a real daemon. */
  readonly pingMs: number;
  /** How events are framed: bare JSON and a blank line (`execd.md` 2), or standard server-sent events. */
  readonly framing: "bare" | "sse";
  /**
   * What plain text of a result is called: its media type as it is written, or `text` as a real daemon does, also when
   * absent (`divergences.md` X07).
   */
  readonly resultTextKey?: "text" | "text/plain";
  /** Directories outside of which the files API refuses; `null` where the kernel confines the worker already. */
  readonly roots: readonly string[] | null;
  /**
   * Present where the sandbox has a network of its own: connections to this port of its loopback interface go to that
   * Unix socket.
   */
  readonly network?: { readonly proxyPort: number; readonly proxySocketPath: string };
  /** When present, every execd route asks for it in `X-EXECD-ACCESS-TOKEN`. */
  readonly accessToken?: string;
  /** False behaves as a daemon without a Jupyter server: no kernel for any language; true when absent. */
  readonly codeKernels?: boolean;
  /** Named faults that are switched on; empty in a normal start. */
  readonly faults: readonly string[];
}

/** The one line an execd worker writes to standard output when it listens. */
export interface ExecdReady {
  readonly ready: true;
  /** The port it was given, when it listens on TCP. */
  readonly port?: number;
}
