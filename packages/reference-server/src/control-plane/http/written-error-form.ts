import type { WireValidationDetail } from "@rxsandbox/protocol";
import { HttpProblem, problem } from "./http-problem.js";

/** Codes of errors that the recorded server gives without one. */
const CODES: Readonly<Record<number, string>> = {
  404: "ROUTE_NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  413: "BODY_TOO_LARGE",
};

/**
 * An error as the written specification has it: always `{code, message}`, and 400 for an invalid request
 * (`divergences.md` L01, L03, L04). The recorded server answers 422 with `{detail: […]}` and other forms.
 */
export function writtenErrorForm(error: unknown): HttpProblem {
  if (!(error instanceof HttpProblem)) return problem(500, "GENERAL::UNKNOWN_ERROR", "Internal Server Error");
  const { detail } =
    typeof error.body === "object" && error.body !== null ? (error.body as { readonly detail?: unknown }) : {};
  if (typeof detail === "string")
    return new HttpProblem(
      error.status,
      { code: CODES[error.status] ?? "GENERAL::UNKNOWN_ERROR", message: detail },
      error.headers,
    );
  if (!Array.isArray(detail)) return error;
  // The places and the rules, never the values: those may be secrets.
  const message = (detail as readonly WireValidationDetail[])
    .map(({ loc, msg }) => `${loc.join(".")}: ${msg}`)
    .join("; ");
  return problem(error.status === 422 ? 400 : error.status, "INVALID_REQUEST", message);
}
