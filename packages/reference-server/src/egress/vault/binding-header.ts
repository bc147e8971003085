const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Headers that carry the message or tell where it came from (`egress.md` 4.3). */
const RESERVED: ReadonlySet<string> = new Set([
  "host",
  "content-length",
  "content-type",
  "transfer-encoding",
  "connection",
  "upgrade",
  "te",
  "trailer",
  "proxy-authorization",
  "proxy-authenticate",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
]);

/**
 * Checks the name of a header that a credential is put into, and gives its canonical spelling: `x-api-key` is
 * `X-Api-Key`.
 */
export function readHeaderName(raw: string): string {
  if (!TOKEN.test(raw)) throw new Error(`invalid credential header name ${JSON.stringify(raw)}`);
  const name = raw.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
  if (RESERVED.has(raw.toLowerCase())) throw new Error(`reserved credential header name ${JSON.stringify(name)}`);
  return name;
}
