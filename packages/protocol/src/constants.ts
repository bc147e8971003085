/** Logical port of the in-sandbox daemon (`execd.md` 1). */
export const EXECD_PORT = 44772;

/** Logical port of the egress sidecar (`egress.md` 1). */
export const EGRESS_PORT = 18080;

/**
 * Header that carries the tenant key to the lifecycle API (`lifecycle.md` 1). Never sent to a sandbox in direct mode.
 */
export const API_KEY_HEADER = "OPEN-SANDBOX-API-KEY";

/** Header that carries the daemon's own access token, when one is configured (`execd.md` 1). */
export const EXECD_TOKEN_HEADER = "X-EXECD-ACCESS-TOKEN";

/** Header that the 18080 endpoint answer hands out and that every egress call needs (`egress.md` 1). */
export const EGRESS_AUTH_HEADER = "OPENSANDBOX-EGRESS-AUTH";

/** Header that the endpoint answer of a secure sandbox hands out (`lifecycle.md` 5). */
export const SECURE_ACCESS_HEADER = "OpenSandbox-Secure-Access";

/** Routing header of a gateway in header mode (`lifecycle.md` 5). */
export const INGRESS_HEADER = "OpenSandbox-Ingress-To";

/** Request id, sent by the client and echoed or replaced by the lifecycle server (`lifecycle.md` 1). */
export const REQUEST_ID_HEADER = "X-Request-ID";

/** Header of a log answer that holds the next cursor (`execd.md` 3.2). */
export const LOG_CURSOR_HEADER = "EXECD-COMMANDS-TAIL-CURSOR";

/** Metadata keys that start with this prefix belong to the server (`lifecycle.md` 2.1). */
export const RESERVED_METADATA_PREFIX = "opensandbox.io/";

/** Metadata key by which a create whose answer was lost is found again; hidden from `metadata`. */
export const CREATE_ID_METADATA_KEY = "rxsandbox.dev/create-id";

/**
 * Milliseconds after the answer to a vault write at which the write is in force: the interception of a sidecar may use
 * the vault that it read before for so long (`egress.md` 4.8, `divergences.md` G28).
 */
export const VAULT_SETTLE_MS = 500;

/** Smallest time to live that the lifecycle API accepts, in seconds (`lifecycle.md` 2.1). */
export const MIN_TIMEOUT_SECONDS = 60;

/** Largest page of a list call (`lifecycle.md` 3). */
export const MAX_PAGE_SIZE = 200;
