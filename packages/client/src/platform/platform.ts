import type { Transport } from "@rxsandbox/transport";

/** What differs between platforms; one file behind `#platform` implements it. */
export interface RuntimePlatform {
  /** A variable of the environment; `undefined` when it is unset, empty, or there is no environment. */
  readEnvironment(name: "OPEN_SANDBOX_DOMAIN" | "OPEN_SANDBOX_API_KEY"): string | undefined;
  /**
   * A transport with a connection pool of its own. Throws `InvalidArgumentError` for a dispatcher on a platform that
   * has none.
   */
  createTransport(options: { readonly dispatcher?: object }): Transport;
  /**
   * How sandboxes are reached unless the caller says otherwise: browsers cannot reach a daemon, which has no CORS
   * (`sdk-behaviour.md` 11).
   */
  readonly defaultAccess: "direct" | "proxy";
}
