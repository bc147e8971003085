/** The logical port of a sandbox's daemon; no process binds it (`execd.md` 1). */
export const EXECD_PORT = 44_772;

/** The logical port of its egress sidecar. */
export const EGRESS_PORT = 18_080;

/** Port on which a sandbox with a network of its own finds the egress proxy; nothing else is there. */
export const PROXY_PORT = 18_081;

/**
 * Name of the Unix socket, in the socket directory of a sandbox, behind which the server's egress proxy listens for
 * that sandbox.
 */
export const PROXY_SOCKET = "p.sock";
