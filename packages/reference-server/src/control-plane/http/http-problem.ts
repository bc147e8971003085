import type { WireValidationDetail } from "@rxsandbox/protocol";

/** An answer with an error status, thrown by a handler and rendered by the error handler (`lifecycle.md` 1.1). */
export class HttpProblem extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(`HTTP ${status}`);
    this.name = "HttpProblem";
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The application form: `{code, message}`. */
export function problem(status: number, code: string, message: string): HttpProblem {
  return new HttpProblem(status, { code, message });
}

/** The validation form: 422 `{detail: […]}`. */
export function invalid(detail: readonly WireValidationDetail[]): HttpProblem {
  return new HttpProblem(422, { detail });
}

/** Unknown sandbox: 404, code as by the Docker runtime. */
export function sandboxNotFound(id: string): HttpProblem {
  return problem(404, "DOCKER::SANDBOX_NOT_FOUND", `Sandbox ${id} not found.`);
}
