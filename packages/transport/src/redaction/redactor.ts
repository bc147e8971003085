import { API_KEY_HEADER, EGRESS_AUTH_HEADER, EXECD_TOKEN_HEADER, SECURE_ACCESS_HEADER } from "@rxsandbox/protocol";

/** Keeps secrets out of messages, events and error bodies. */
export interface Redactor {
  /** The text with every known secret and every value of a credential header replaced by `***`. */
  text(text: string): string;
  /**
   * A copy of a JSON value, redacted in keys' values and texts. What is nested deeper than 64 levels becomes `"***"`.
   */
  json(value: unknown): unknown;
  /** Makes a further secret known; an empty one is ignored. Bounds: the latest 4096 added ones are kept. */
  addSecret(secret: string): void;
}

const MASK = "***";
const MAX_ADDED = 4096;
const MAX_DEPTH = 64;
/**
 * A secret shorter than this is replaced only where it stands alone: everywhere, it would make texts unreadable and
 * give itself away.
 */
const MIN_LOOSE_LENGTH = 4;

const credentialHeaders = [
  API_KEY_HEADER,
  EXECD_TOKEN_HEADER,
  EGRESS_AUTH_HEADER,
  SECURE_ACCESS_HEADER,
  "Authorization",
  "Proxy-Authorization",
  "Cookie",
  "Set-Cookie",
  "X-Api-Key",
];
const credentialNames: ReadonlySet<string> = new Set(credentialHeaders.map((name) => name.toLowerCase()));
/** `Name: value`, `"name":"value"` and `name=value`; the value ends at a quote or at the end of the line. */
const credentialLine = new RegExp(
  `(?<![\\w-])(${credentialHeaders.join("|")})(["']?\\s*[:=]\\s*)("(?:[^"\\\\]|\\\\.)*"|'[^']*'|[^\\r\\n"']+)`,
  "gi",
);
const userInfo = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@"']+@/gi;

/** Creates a redactor that knows the given secrets for ever. */
export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const lasting = new Set<string>();
  const added = new Set<string>();
  let patterns: readonly (readonly [RegExp | string, string])[] | undefined;

  for (const secret of secrets) if (secret !== "") lasting.add(secret);

  function text(given: string): string {
    patterns ??= compile([...lasting, ...added]);
    let redacted = given;
    for (const [pattern, mask] of patterns) redacted = redacted.replaceAll(pattern, mask);
    return redacted.replace(credentialLine, `$1$2${MASK}`).replace(userInfo, `$1${MASK}@`);
  }

  function json(value: unknown, depth = 0): unknown {
    if (typeof value === "string") return text(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth >= MAX_DEPTH) return MASK;
    if (Array.isArray(value)) {
      const [name, ...rest] = value as unknown[];
      // An echo of headers as pairs.
      if (rest.length === 1 && isCredentialName(name)) return [name, MASK];
      return value.map((item) => json(item, depth + 1));
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [text(name), isCredentialName(name) ? MASK : json(item, depth + 1)]),
    );
  }

  return {
    text,
    json: (value) => json(value),
    addSecret(secret) {
      if (secret === "" || lasting.has(secret)) return;
      if (!added.delete(secret)) patterns = undefined;
      added.add(secret);
      for (const oldest of added) {
        if (added.size <= MAX_ADDED) break;
        added.delete(oldest);
        patterns = undefined;
      }
    },
  };
}

function isCredentialName(name: unknown): boolean {
  return typeof name === "string" && credentialNames.has(name.toLowerCase());
}

/** Longest first: a secret that contains another one must not leave its rest behind. */
function compile(secrets: readonly string[]): readonly (readonly [RegExp | string, string])[] {
  const spellings = new Set(
    secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), percentEncoded(secret)]),
  );
  return [...spellings]
    .sort((a, b) => b.length - a.length)
    .map(
      (secret) =>
        [
          secret.length < MIN_LOOSE_LENGTH
            ? new RegExp(`(?<![\\w-])${secret.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`, "g")
            : secret,
          MASK,
        ] as const,
    );
}

function percentEncoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}
