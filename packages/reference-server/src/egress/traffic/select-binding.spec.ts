import { describe, expect, it } from "vitest";
import type { VaultBinding } from "../vault/vault-binding.js";
import { readVaultBinding } from "../vault/vault-binding.js";
import { selectBinding } from "./select-binding.js";

const binding = (name: string, match: object): VaultBinding =>
  readVaultBinding({
    name,
    match: { hosts: ["a.example.com"], schemes: ["http"], ports: [80], ...match },
    auth: { type: "bearer", credential: "t" },
  });
const asked = { scheme: "http", port: 80, method: "GET", host: "a.example.com", path: "/v1/x" } as const;
const nameOf = (found: VaultBinding | "ambiguous" | undefined): string | undefined =>
  typeof found === "object" ? found.name : found;

describe("selectBinding", () => {
  it.each<[object, object, boolean]>([
    [{}, {}, true],
    [{ schemes: ["https"] }, {}, false],
    [{ ports: [443] }, {}, false],
    [{ methods: ["post"] }, {}, false],
    [{ methods: ["post"] }, { method: "POST" }, true],
    [{}, { method: "HEAD" }, false],
    [{ paths: ["/v1/*"] }, {}, true],
    [{ paths: ["/v1/x"] }, {}, true],
    [{ paths: ["/v1"] }, {}, false],
    [{ paths: ["/v2/*", "/v1/x*"] }, {}, true],
    [{ hosts: ["b.example.com"] }, {}, false],
    [{ hosts: ["*.example.com"] }, {}, true],
    [{ hosts: ["*.example.com"] }, { host: "x.y.example.com" }, true],
    [{ hosts: ["*.a.example.com"] }, {}, false],
  ])("with %j takes %j: %s", (match, request, isTaken) => {
    expect(nameOf(selectBinding([binding("b", match)], { ...asked, ...request }))).toBe(isTaken ? "b" : undefined);
  });

  it("prefers an exact host, and does not choose between two of the same rank", () => {
    const wide = binding("wide", { hosts: ["*.example.com"] });
    const exact = binding("exact", {});
    expect(nameOf(selectBinding([wide, exact], asked))).toBe("exact");
    expect(nameOf(selectBinding([wide, exact], { ...asked, host: "b.example.com" }))).toBe("wide");
    expect(selectBinding([exact, binding("other", { paths: ["/v1/*"] })], asked)).toBe("ambiguous");
  });
});
