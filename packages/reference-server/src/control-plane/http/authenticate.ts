import type { IncomingHttpHeaders } from "node:http";
import { type HttpProblem, problem } from "./http-problem.js";
import { isSameSecret } from "../../shared/secret-key.js";

/** Why a request's key does not open the server; undefined when it does (`lifecycle.md` 1.1). */
export function keyProblem(headers: IncomingHttpHeaders, apiKey: string): HttpProblem | undefined {
  const given = headers["open-sandbox-api-key"];
  if (typeof given !== "string" || given === "") {
    return problem(
      401,
      "MISSING_API_KEY",
      "Authentication credentials are missing. Provide API key via OPEN-SANDBOX-API-KEY header.",
    );
  }
  if (isSameSecret(given, apiKey)) return undefined;
  return problem(401, "INVALID_API_KEY", "Authentication credentials are invalid. Check your API key and try again.");
}
