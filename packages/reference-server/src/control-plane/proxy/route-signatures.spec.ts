import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canExpireAt, routeSignatures } from "./route-signatures.js";

const secret = Buffer.from("a secret of the gateway");
const signatures = routeSignatures(secret);
const expires = 1_900_000_000n;
const [, expiresText = "", signature = ""] = signatures.sign("box", 44_772, expires).split("/");
const route = { sandboxId: "box", port: 44_772, expires: expiresText, signature };

describe("routeSignatures", () => {
  it("signs by the published algorithm", () => {
    const canonical = `v1\nshort\nbox\n44772\n${(1_900_000_000).toString(36)}\n`;
    const bytes = Buffer.concat([
      Buffer.from([0, 0, 0, secret.length]),
      secret,
      Buffer.from([0, 0, 0, canonical.length]),
      Buffer.from(canonical),
    ]);
    expect(signature.slice(0, 8)).toBe(createHash("sha256").update(bytes).digest("hex").slice(0, 8));
    expect(signature).toHaveLength(9);
  });

  it("accepts its own routes until their second", () => {
    expect(signatures.check(route, 1_899_999_999_999)).toBeUndefined();
    expect(signatures.check(route, 1_900_000_000_000)).toEqual({ status: 401, reason: "signed route expired" });
  });

  it.each([
    [{ sandboxId: "fox" }, 401],
    [{ port: 44_773 }, 401],
    [{ expires: (1_900_000_001).toString(36) }, 401],
    [{ signature: `${signature[0] === "0" ? "1" : "0"}${signature.slice(1)}` }, 401],
    [{ signature: signature.slice(0, 8) }, 400],
    [{ signature: signature.toUpperCase().replace(/^./, "G") }, 400],
    [{ expires: `0${expiresText}` }, 400],
    [{ expires: "1".repeat(14) }, 400],
    [{ expires: expiresText.toUpperCase() }, 400],
  ])("refuses a route with %o", (change, status) => {
    expect(signatures.check({ ...route, ...change }, 0)?.status).toBe(status);
  });

  it("does not accept those of another run", () => {
    expect(routeSignatures().check(route, 0)?.status).toBe(401);
  });
});

describe("canExpireAt", () => {
  it.each([
    [0n, 0, false],
    [-1n, 0, false],
    [1n, 999, true],
    [1n, 1000, false],
    [2n ** 64n - 1n, 0, true],
    [2n ** 64n, 0, false],
  ])("of %o at %o is %o", (second, nowMs, expected) => {
    expect(canExpireAt(second, nowMs)).toBe(expected);
  });
});
