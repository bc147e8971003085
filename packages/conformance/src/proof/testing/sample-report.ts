import type { WrittenReport, WrittenResult } from "../../report/written-report.js";

/** A check's result with everything that is not given. */
export function sampleResult(given: Partial<WrittenResult> & Pick<WrittenResult, "check" | "verdict">): WrittenResult {
  return {
    title: `${given.check} holds`,
    clauses: ["X03"],
    level: "MUST",
    group: "commands",
    capability: "core",
    access: "direct",
    warnings: [],
    observations: [],
    statistics: [],
    startedAt: 1,
    durationMs: 12,
    leaks: [],
    ...given,
  };
}

const failed = sampleResult({
  check: "execd/command-stream/one-end",
  verdict: {
    status: "fail",
    reason: { clause: "X03", invariant: "second-end" },
    expected: ["init", "error"],
    observed: ["init", "error", "<error> & \u0001"],
  },
  record: {
    operations: [
      {
        target: "$lifecycle",
        method: "POST",
        path: "/v1/sandboxes",
        headers: { "OPEN-SANDBOX-API-KEY": "$key" },
        body: { text: "{}" },
        delayMs: 0,
        captures: [{ symbol: "$sandbox1", from: "json:/id" }],
      },
      {
        target: "$lifecycle",
        method: "GET",
        path: "/v1/sandboxes/$sandbox1/endpoints/44772",
        headers: {},
        after: 0,
        delayMs: 3,
        captures: [{ symbol: "$execd1", from: "json:/endpoint" }],
      },
      {
        target: "$execd1",
        method: "POST",
        path: "/command",
        headers: { "X-Token": "$token1", "Content-Type": "application/json" },
        body: { text: '{"command":"echo it\'s"}' },
        after: 1,
        delayMs: 30,
        captures: [],
      },
    ],
    exchanges: [
      {
        method: "POST",
        url: "$lifecycle/v1/sandboxes",
        startedAt: 0,
        head: { status: 202, headers: [], atMs: 3 },
        chunks: [{ atMs: 3, base64: Buffer.from('{"id":"a1"}').toString("base64") }],
        end: "complete",
        endedAtMs: 4,
      },
      {
        method: "GET",
        url: "$lifecycle/v1/sandboxes/$sandbox1/endpoints/44772",
        startedAt: 7,
        head: { status: 200, headers: [], atMs: 2 },
        chunks: [],
        end: "complete",
        endedAtMs: 2,
      },
      {
        method: "POST",
        url: "$execd1/command",
        startedAt: 40,
        head: { status: 200, headers: [], atMs: 2 },
        chunks: [
          { atMs: 2, base64: Buffer.from('{"type":"init","text":"c1"}\n{"ty').toString("base64") },
          { atMs: 9, base64: Buffer.from('pe":"error"}\n').toString("base64") },
        ],
        end: "reset",
        endedAtMs: 20,
      },
    ],
  },
});

/** A report with one result of every status. */
export const sampleReport: WrittenReport = {
  schema: 1,
  suite: { name: "@rxsandbox/conformance", version: "0.1.0", clauses: 400 },
  subject: { kind: "server", name: "lifecycle", parts: ["lifecycle"] },
  run: {
    id: "run-1",
    seed: 7,
    depth: "quick",
    startedAt: "2026-01-02T03:04:05.678Z",
    durationMs: 1234,
    configuration: "c0ffee",
    access: "direct",
    untestedAccess: ["root", "proxy"],
    sandboxesCreated: 2,
  },
  capabilities: [{ capability: "vault", isDeclared: false, isPresent: false, how: "404" }],
  conclusion: {
    outcome: "not-conformant",
    exitCode: 1,
    text: "not conformant: quick",
    reasons: ["1 check failed"],
    leftOut: ["execd/interrupt/forces"],
  },
  counts: { pass: 1, fail: 1, warn: 1, info: 1, flaky: 1, "not-applicable": 1, unverified: 1, blocked: 1, error: 1 },
  results: [
    sampleResult({
      check: "execd/command-exit/zero",
      verdict: { status: "pass", evidence: [{ control: "positive", what: "true ended with 0" }] },
    }),
    failed,
    sampleResult({
      check: "execd/command-stream/pings",
      level: "SHOULD",
      verdict: { status: "warn", reason: { clause: "X03", invariant: "no-ping" }, expected: true, observed: false },
    }),
    sampleResult({
      check: "execd/command-stream/framing",
      level: "disputed",
      verdict: { status: "info", reason: { clause: "X01", invariant: "framing" }, expected: "any", observed: "bare" },
    }),
    sampleResult({
      check: "lifecycle/create/ready",
      group: "lifecycle",
      verdict: {
        status: "flaky",
        reason: { clause: "X03", invariant: "late" },
        expected: "Running",
        observed: "Pending",
        times: { hits: 1, of: 3 },
      },
    }),
    sampleResult({
      check: "egress/vault/put",
      group: "vault",
      verdict: { status: "not-applicable", capability: "vault", absence: "404" },
    }),
    sampleResult({
      check: "execd/files/read",
      group: "files",
      verdict: { status: "unverified", because: "no sandbox" },
    }),
    sampleResult({
      check: "execd/files/write",
      group: "files",
      verdict: { status: "blocked", by: "execd/files/read" },
    }),
    sampleResult({
      check: "execd/files/move",
      group: "files",
      verdict: { status: "error", message: "TypeError: x\n  at y" },
    }),
  ],
  blamed: {
    X03: {
      level: "MUST",
      text: "A command's stream has exactly one end, after which only pings may come.",
      source: "divergences.md#X03",
      url: "https://github.com/rxsandbox/rxsandbox/blob/main/docs/protocol/divergences.md#X03",
    },
  },
  leaks: [],
};
