import { InvalidArgumentError } from "@rxsandbox/transport";
import { readList, readObject, readText, refuseRepeated } from "../argument.js";
import type { CredentialAuth, CustomHeaderEntry } from "./credential-binding.js";

const token = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Headers that say how the message is carried or where it came from: no credential may be put there (`egress.md` 4.3). */
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

/** Copies what a binding puts into requests, one of four kinds, or throws (`egress.md` 4.3). */
export function readAuth(path: string, given: unknown): CredentialAuth {
  const type = (Object(given) as { readonly type?: unknown }).type;
  switch (type) {
    case "bearer":
    case "basic":
      return {
        type,
        credential: readText(`${path}.credential`, readObject(path, given, ["type", "credential"])["credential"]),
      };
    case "apiKey":
      return { type, ...readHeader(path, readObject(path, given, ["type", "name", "credential"])) };
    case "customHeaders": {
      const headers = readList(
        `${path}.headers`,
        readObject(path, given, ["type", "headers"])["headers"],
        (at, entry) => readHeader(at, readObject(at, entry, ["name", "credential"])),
      );
      if (headers.length === 0) throw new InvalidArgumentError(`${path}.headers`, "must not be empty");
      refuseRepeated(
        headers,
        ({ name }) => name.toLowerCase(),
        (index) => `${path}.headers[${index}].name`,
      );
      return { type, headers };
    }
    default:
      readObject(path, given, ["type", "name", "credential", "headers"]);
      throw new InvalidArgumentError(`${path}.type`, `must be "bearer", "basic", "apiKey" or "customHeaders"`);
  }
}

/** The names of the credentials that it uses, with the path of each. */
export function referencesOf(path: string, auth: CredentialAuth): readonly (readonly [path: string, name: string])[] {
  if (auth.type !== "customHeaders") return [[`${path}.credential`, auth.credential]];
  return auth.headers.map(({ credential }, index) => [`${path}.headers[${index}].credential`, credential]);
}

function readHeader(path: string, given: Readonly<Record<string, unknown>>): CustomHeaderEntry {
  const name = readText(`${path}.name`, given["name"]);
  if (!token.test(name)) throw new InvalidArgumentError(`${path}.name`, "is not the name of a header");
  if (reservedHeaders.has(name.toLowerCase()))
    throw new InvalidArgumentError(`${path}.name`, "is a header that no credential may be put into");
  return { name, credential: readText(`${path}.credential`, given["credential"]) };
}
