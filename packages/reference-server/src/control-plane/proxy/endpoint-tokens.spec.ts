import { describe, expect, it } from "vitest";
import { endpointTokens } from "./endpoint-tokens.js";

describe("endpointTokens", () => {
  it("opens one port of one sandbox of one run", () => {
    const tokens = endpointTokens();
    const token = tokens.tokenFor("a", 80);
    expect(tokens.isValid(token, "a", 80)).toBe(true);
    expect(tokens.isValid(token, "a", 81)).toBe(false);
    expect(tokens.isValid(token, "b", 80)).toBe(false);
    expect(tokens.isValid("", "a", 80)).toBe(false);
    expect(endpointTokens().isValid(token, "a", 80)).toBe(false);
  });
});
