import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSandboxError } from "../errors/sandbox-error.js";
import { parseConnection } from "./parse-connection.js";

describe("parseConnection", () => {
  const host = fc.constantFrom("h", "example.com", "10.0.0.1", "[::1]");
  const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
  const prefix = fc.array(fc.constantFrom("a", "v2", "v1x", "p-q"), { maxLength: 3 });

  it("for any host, port and prefix, gives the same base with and without slashes, /v1, query and fragment", () => {
    const tails = fc.constantFrom("", "/", "//", "/v1", "/v1/", "/v1//", "?a=/v1", "/v1?b", "#c");
    fc.assert(
      fc.property(host, port, prefix, tails, fc.constantFrom("http", "https"), (name, number, parts, tail, scheme) => {
        const plain = `${name}${number === undefined ? "" : `:${number}`}${parts.map((part) => `/${part}`).join("")}`;
        const bare = parseConnection({ domain: plain, protocol: scheme });
        expect(parseConnection({ domain: `${scheme}://${plain}${tail}` })).toEqual(bare);
        expect(bare.baseUrl.endsWith(`${parts.map((part) => `/${part}`).join("")}/v1`)).toBe(true);
        // What it gives is accepted again.
        expect(parseConnection({ domain: bare.baseUrl })).toEqual(bare);
      }),
      { numRuns: 1000 },
    );
  });

  it("for any text, gives a base on its own origin or refuses it by name", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (domain) => {
        try {
          const { baseUrl, origin } = parseConnection({ domain });
          expect(baseUrl.startsWith(`${origin}/`)).toBe(true);
          expect(new URL(baseUrl).origin).toBe(origin);
        } catch (error) {
          expect(isSandboxError(error, "invalid-argument")).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
