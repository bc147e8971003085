import { describe, expect, it } from "vitest";
import { HttpProblem, invalid, problem } from "./http-problem.js";
import { writtenErrorForm } from "./written-error-form.js";

describe("writtenErrorForm", () => {
  it("makes 400 with a code of a validation error, without the values", () => {
    const { status, body } = writtenErrorForm(
      invalid([
        { type: "missing", loc: ["body", "timeout"], msg: "Field required", input: { password: "secret-value" } },
      ]),
    );
    expect([status, body]).toEqual([400, { code: "INVALID_REQUEST", message: "body.timeout: Field required" }]);
  });

  it("gives a code to what has only a text, and keeps headers", () => {
    const { status, body, headers } = writtenErrorForm(
      new HttpProblem(405, { detail: "Method Not Allowed" }, { allow: "POST" }),
    );
    expect([status, body, headers]).toEqual([
      405,
      { code: "METHOD_NOT_ALLOWED", message: "Method Not Allowed" },
      { allow: "POST" },
    ]);
  });

  it("leaves what has a code as it is, and says nothing of an unexpected failure", () => {
    const own = problem(409, "A::B", "c");
    expect(writtenErrorForm(own)).toBe(own);
    expect(writtenErrorForm(new Error("/secret/path")).body).toEqual({
      code: "GENERAL::UNKNOWN_ERROR",
      message: "Internal Server Error",
    });
  });
});
