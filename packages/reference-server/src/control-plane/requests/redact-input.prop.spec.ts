import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactInput } from "./redact-input.js";

const secret = fc.stringMatching(/^S3CR3T-[a-z]{8}$/);
const body = fc.record({
  image: fc.record({ uri: fc.string(), auth: fc.record({ username: fc.string(), password: secret }) }),
  env: fc.dictionary(fc.string(), secret),
  volumes: fc.array(
    fc.record({
      name: fc.string(),
      ossfs: fc.record({ accessKeyId: secret, access_key_secret: secret }),
      unknownBackend: fc.record({ share: secret, login: fc.record({ pin: secret }) }),
    }),
  ),
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

  it("echoes fields of a volume that are declared as shown, and nothing else of a backend", () => {
    const host = { path: "/srv", ticket: "S3CR3T" };
    const { input } = redactInput({ type: "string_type", loc: ["body", "volumes", 0, "host"], msg: "", input: host });
    expect(input).toEqual({ path: "/srv", ticket: "[redacted]" });
    const ticket = redactInput({
      type: "extra",
      loc: ["body", "volumes", 0, "nfs", "ticket"],
      msg: "",
      input: "S3CR3T",
    });
    expect(ticket.input).toBe("[redacted]");
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
