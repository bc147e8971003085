import { InvalidArgumentError } from "@rxsandbox/transport";
import {
  nonEmptyListOf,
  objectOf,
  oneOf,
  readObject,
  readText,
  refuseDuplicates,
  type Read,
} from "@rxsandbox/transport/calls";
import type { CredentialAuth, CustomHeaderEntry } from "./credential-binding.js";
import { token } from "./read-match.js";

/**
 * Headers that say how the message is carried or where it came from: no credential may be put there (`egress.md` 4.3).
 */
const reservedHeaders: ReadonlySet<string> = new Set([
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

const headerFields = { name: readHeaderName, credential: readText };
const readers: { readonly [T in CredentialAuth["type"]]: Read<Extract<CredentialAuth, { readonly type: T }>> } = {
  bearer: objectOf({}, { type: oneOf("bearer"), credential: readText }),
  basic: objectOf({}, { type: oneOf("basic"), credential: readText }),
  apiKey: objectOf({}, { type: oneOf("apiKey"), ...headerFields }),
  customHeaders: objectOf({}, { type: oneOf("customHeaders"), headers: readHeaders }),
};
const readType = oneOf("bearer", "basic", "apiKey", "customHeaders");

/** Copies what a binding puts into requests, one of four kinds, or throws (`egress.md` 4.3). */
export function readAuth(path: string, value: unknown): CredentialAuth {
  const type = readType(`${path}.type`, readObject(path, value)["type"]);
  return readers[type](path, value);
}

function readHeaders(path: string, value: unknown): readonly CustomHeaderEntry[] {
  const headers = nonEmptyListOf(objectOf({}, headerFields))(path, value);
  refuseDuplicates(
    headers,
    ({ name }) => name.toLowerCase(),
    (index) => `${path}[${index}].name`,
  );
  return headers;
}

/** The names of the credentials that it uses, with the path of each. */
export function referencesOf(path: string, auth: CredentialAuth): readonly (readonly [path: string, name: string])[] {
  if (auth.type !== "customHeaders") return [[`${path}.credential`, auth.credential]];
  return auth.headers.map(({ credential }, index) => [`${path}.headers[${index}].credential`, credential]);
}

function readHeaderName(path: string, value: unknown): string {
  const name = readText(path, value);
  if (!token.test(name)) throw new InvalidArgumentError(path, "is not the name of a header");
  if (reservedHeaders.has(name.toLowerCase()))
    throw new InvalidArgumentError(path, "is a header that no credential may be put into");
  return name;
}
