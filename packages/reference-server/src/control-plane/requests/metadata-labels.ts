import { type HttpProblem, problem } from "../http/http-problem.js";
import { REMOVED } from "./create-request.js";

const RESERVED_PREFIX = "opensandbox.io/";
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Throws when metadata of a create request are not labels (`lifecycle.md` 2.1). */
export function checkCreateMetadata(metadata: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(metadata)) {
    if (key.startsWith(RESERVED_PREFIX)) {
      throw labelProblem(
        `Metadata key '${key}' uses the reserved prefix '${RESERVED_PREFIX}'. Keys under this prefix are managed by the system and cannot be set via metadata.`,
      );
    }
    checkLabel(key, value);
  }
}

/** Throws when a metadata patch must not be applied; a removed key is not checked for form (`lifecycle.md` 4). */
export function checkMetadataPatch(patch: Readonly<Record<string, string | typeof REMOVED>>): void {
  const reserved = Object.keys(patch).find((key) => key.startsWith(RESERVED_PREFIX));
  if (reserved !== undefined) {
    throw problem(400, "INVALID_METADATA_LABEL", `Metadata key '${reserved}' is reserved (${RESERVED_PREFIX} prefix).`);
  }
  for (const [key, value] of Object.entries(patch)) if (value !== REMOVED) checkLabel(key, value);
}

function checkLabel(key: string, value: string): void {
  const slash = key.indexOf("/");
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = slash < 0 ? key : key.slice(slash + 1);
  const isPrefixRight = prefix === undefined || (prefix.length <= 253 && SUBDOMAIN.test(prefix));
  if (!isPrefixRight || name.length > 63 || !NAME.test(name)) {
    throw labelProblem(
      `Metadata key '${key}' is invalid: must be either a name or a DNS-subdomain prefix and name separated by /, where the name is up to 63 characters and matches ${NAME.source.slice(1, -1)}, and the optional prefix is a valid DNS subdomain up to 253 characters.`,
    );
  }
  if (value !== "" && (value.length > 63 || !NAME.test(value))) {
    throw labelProblem(
      `Metadata value '${value}' is invalid: must be 63 characters or less, start/end with an alphanumeric character, and contain only alphanumeric, '-', '_', or '.' characters.`,
    );
  }
}

function labelProblem(message: string): HttpProblem {
  return problem(400, "SANDBOX::INVALID_METADATA_LABEL", message);
}
