import { InvalidArgumentError, readEgressTarget } from "@rxsandbox/transport";
import { integerFrom, nonEmptyListOf, objectOf, oneOf, textWhere, type Read } from "@rxsandbox/transport/calls";
import type { CredentialMatch } from "./credential-binding.js";

const label = "[a-z\\d_](?:[a-z\\d_-]*[a-z\\d_])?";
const dottedName = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})+$`);
const ipv4 = /^[\d.]+$/;
/** What names of methods and headers are made of. */
export const token: RegExp = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Copies what a binding matches or throws (`egress.md` 4.3). */
export const readMatch: Read<CredentialMatch> = objectOf(
  {
    schemes: nonEmptyListOf(oneOf("http", "https")),
    ports: nonEmptyListOf(integerFrom(1, 65_535)),
    methods: nonEmptyListOf(textWhere((text) => token.test(text), "is not the name of a method")),
    paths: nonEmptyListOf(textWhere((text) => text.startsWith("/"), "must begin with /")),
  },
  { hosts: nonEmptyListOf(readHost) },
);

function readHost(path: string, value: unknown): string {
  const host = readEgressTarget(path, value);
  if (!dottedName.test(host) || ipv4.test(host))
    throw new InvalidArgumentError(path, "must be a dotted host name, or `*.` and one");
  return host;
}
