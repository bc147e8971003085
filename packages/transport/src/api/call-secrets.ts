import type { ApiRequest } from "../ports/api.js";
import type { Endpoint } from "../ports/endpoint-source.js";
import { requestSecrets } from "../redaction/request-secrets.js";

/** Finds the texts of one call that no error may show. Costs time: for errors only. */
export function callSecrets(
  call: ApiRequest,
  headers: Readonly<Record<string, string>>,
  endpoint?: Endpoint,
): string[] {
  // `Bearer <token>` may come back as the token alone.
  const values = [...Object.values(endpoint?.headers ?? {}), ...Object.values(headers)].flatMap((value) => [
    value,
    ...value.split(" "),
  ]);
  // The address of a signed route is itself a key (lifecycle.md 5.1).
  const address = endpoint?.access === "signed" ? [endpoint.url, endpoint.url.replace(/^[a-z]+:\/\//, "")] : [];
  return [...values.filter((value) => value.length >= 8), ...address, ...(call.secrets ?? requestSecrets(call.json))];
}
