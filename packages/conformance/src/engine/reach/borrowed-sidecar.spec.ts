import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allChecks } from "../../checks/all-checks.js";
import type { ConformanceReport } from "../run/conformance-report.js";
import { finalReport } from "../run/final-report.js";
import type { ServerSubject } from "../../model/subject.js";
import { borrowedSandbox } from "../../proof/testing/borrowed-sandbox.js";
import { type EmbeddedSubject, embeddedSubject } from "../../proof/embedded-subject.js";
import { judgeAltered } from "../../proof/mutants/judge-mutant.js";

const checks = allChecks.filter(({ part, depth }) => part === "egress" && depth === "quick");
const rules = [
  { action: "allow", target: "Mine.example" },
  { action: "deny", target: "*.theirs.example" },
  { action: "allow", target: "z.example" },
];

describe("a borrowed sidecar", () => {
  let server: EmbeddedSubject;
  let egress: NonNullable<ServerSubject["egress"]>;

  beforeAll(async () => {
    server = await embeddedSubject();
    ({ egress } = await borrowedSandbox(server.subject, rules));
  });
  afterAll(() => server.close());

  const judge = (subject: Omit<ServerSubject, "kind">): Promise<ConformanceReport> =>
    finalReport({ kind: "server", ...subject }, { checks, seed: 5, depth: "quick" });
  const policy = async (): Promise<unknown> =>
    (
      (await (await fetch(`${egress.url}/policy`, { headers: { ...egress.headers } })).json()) as {
        readonly policy: unknown;
      }
    ).policy;
  const statuses = (report: ConformanceReport, group: string): readonly string[] => [
    ...new Set(report.results.filter(({ check }) => check.startsWith(group)).map(({ verdict }) => verdict.status)),
  ];

  it("has its policy as it was afterwards, and its vault is left alone without leave", async () => {
    const report = await judge({ egress });
    expect(await policy()).toEqual({ defaultAction: "deny", egress: rules });
    expect(statuses(report, "egress/policy")).toEqual(["pass"]);
    expect(statuses(report, "egress/vault")).toEqual(["unverified"]);
    expect(report.results.flatMap(({ leaks }) => leaks)).toEqual([]);
  });

  it("has its absent vault judged with leave, and is left without one", async () => {
    const report = await judge({ egress, allowsMutation: true });
    expect(statuses(report, "egress/vault")).toEqual(["pass"]);
    expect((await fetch(`${egress.url}/credential-vault`, { headers: { ...egress.headers } })).status).toBe(404);
    expect(await policy()).toEqual({ defaultAction: "deny", egress: rules });
  });

  it("is not changed where nothing can be removed again", async () => {
    const report = await judgeAltered(
      { kind: "server", egress },
      () => ({
        request: (request) =>
          request.method === "DELETE" ? { status: 405, headers: {}, body: Buffer.alloc(0) } : request,
      }),
      { checks, seed: 5, depth: "quick" },
    );
    expect(statuses(report, "egress/policy")).toEqual(["unverified"]);
    expect(await policy()).toEqual({ defaultAction: "deny", egress: rules });
  });
});
