import { describe, expect, it } from "vitest";
import type { ProtocolOperation } from "@rxsandbox/protocol";
import { coverageDocument, type Evidence } from "./coverage-document.mjs";

const operations: readonly ProtocolOperation[] = [
  { api: "execd", method: "GET", path: "/ping", section: "execd.md 7" },
  { api: "execd", method: "POST", path: "/pty", section: "execd.md 9" },
];
const evidence: Evidence = {
  client: new Map([
    ["sandbox.ping", ["GET /ping"]],
    ["sandbox.isHealthy", ["GET /ping"]],
    ["sandbox.terminals.open", ["POST /pty"]],
  ]),
  compat: new Map([["sandbox.health.ping", ["GET /ping"]]]),
  server: new Map([
    ["GET /ping", "yes"],
    ["POST /pty", "yes"],
  ]),
  tests: new Map([
    ["GET /ping", { recordings: 1, clauses: 2 }],
    ["POST /pty", { recordings: 3, clauses: 0 }],
  ]),
};
const reason = "The official SDK has no terminals";

describe("coverageDocument", () => {
  it("names the calls, the route, the recordings and clauses of each operation, and numbers the reasons", () => {
    const { text, problems } = coverageDocument(operations, evidence, { "POST /pty": { compat: reason } });
    expect(problems).toEqual([]);
    expect(text).toContain(
      "| `GET /ping` | `sandbox.ping`, `sandbox.isHealthy` | `sandbox.health.ping` | yes | 1 recording, 2 clauses | execd.md 7 |",
    );
    expect(text).toContain("| `POST /pty` | `sandbox.terminals.open` | no (1) | yes | 3 recordings | execd.md 9 |");
    expect(text).toContain(`\n1. ${reason}\n`);
  });

  it("finds an empty cell without a reason", () => {
    expect(coverageDocument(operations, evidence, {}).problems).toEqual([
      "POST /pty: compat is empty without a reason",
    ]);
    const { problems } = coverageDocument(
      operations,
      { ...evidence, server: new Map() },
      { "POST /pty": { compat: reason } },
    );
    expect(problems).toEqual([
      "GET /ping: server is empty without a reason",
      "POST /pty: server is empty without a reason",
    ]);
  });

  it("finds a reason that nothing needs any more", () => {
    const reasons = {
      "POST /pty": { compat: reason },
      "GET /ping": { client: "none" },
      "GET /gone": { client: "none" },
    };
    expect(coverageDocument(operations, evidence, reasons).problems).toEqual([
      "GET /ping: client is covered and has a reason not to be",
      "GET /gone: has a reason and is no operation",
    ]);
  });
});
