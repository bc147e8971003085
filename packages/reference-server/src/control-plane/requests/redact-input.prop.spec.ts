import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactInput } from "./redact-input.js";

const secret = fc.stringMatching(/^S3CR3T-[a-z]{8}$/);
const body = fc.record({
  image: fc.record({ uri: fc.string(), auth: fc.record({ username: fc.string(), password: secret }) }),
  env: fc.dictionary(fc.string(), secret),
  volumes: fc.array(fc.record({ ossfs: fc.record({ accessKeyId: secret, access_key_secret: secret }) })),
});

describe("redactInput", () => {
  it("for any body with secrets, echoes none of them, as an object or as text", () => {
    fc.assert(
      fc.property(body, fc.boolean(), (value, isText) => {
        const input = isText ? JSON.stringify(value) : value;
        const redacted = redactInput({ type: "value_error", loc: ["body"], msg: "", input });
        expect(JSON.stringify(redacted)).not.toContain("S3CR3T");
      }),
    );
  });

  it("for any value below a secret field, echoes nothing of it", () => {
    fc.assert(
      fc.property(secret, fc.constantFrom("env", "password", "accessKeySecret"), (input, field) => {
        expect(redactInput({ type: "string_type", loc: ["body", field, "x"], msg: "", input }).input).toBe(
          "[redacted]",
        );
      }),
    );
  });
});
