import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { firstValueFrom, lastValueFrom, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Check } from "../../model/check.js";
import type { CheckContext } from "../../model/check-context.js";
import { Unverifiable } from "../../model/outcome.js";
import type { ConformanceReport } from "./conformance-report.js";
import type { ServerSubject } from "../../model/subject.js";
import { verdictText } from "../../model/verdict-text.js";
import { checkTopic } from "../../checks/check-topic.js";
import { statusOf } from "../../model/read-exchange.js";
import type { ConformanceOptions } from "./conformance-options.js";
import type { ConformanceProgress } from "./conformance-progress.js";
import { audits } from "./audits.js";
import { runConformance } from "./run-conformance.js";

const SECRET = "sentinel-of-the-token-0123456789";
let subject: ServerSubject;
const server = createServer((request, response) => {
  if (request.url === "/silent") return;
  response.setHeader("x-echo", String(request.headers["x-token"]));
  response.end(`you sent ${String(request.headers["x-token"])}`);
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  subject = {
    kind: "server",
    execd: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, headers: { "X-Token": SECRET } },
  };
});
afterAll(() => void server.close());

function check(id: string, run: Check["run"], more: Partial<Check> = {}): Check {
  return {
    id,
    title: id,
    clauses: ["X03"],
    level: "MUST",
    part: "execd",
    group: "commands",
    capability: "core",
    depth: "quick",
    run,
    ...more,
  };
}

const passes: Check["run"] = async (context) => {
  context.positive("a");
  context.negative("b");
};
const fails: Check["run"] = async (context) => {
  const execd = await context.execd();
  const answer = await execd.call({ method: "GET", path: "/x" });
  context.must(statusOf(answer) === 201, { invariant: "is-201", expected: 201, observed: statusOf(answer) });
};

async function progressOf(
  checks: readonly Check[],
  options: ConformanceOptions = {},
): Promise<readonly ConformanceProgress[]> {
  return firstValueFrom(runConformance(subject, { checks, seed: 7, ...options }).pipe(toArray()));
}

async function reportOf(checks: readonly Check[], options: ConformanceOptions = {}): Promise<ConformanceReport> {
  const last = await lastValueFrom(runConformance(subject, { checks, seed: 7, ...options }));
  if (last.type !== "finished") throw new Error("no report");
  return last.report;
}

const statuses = (report: ConformanceReport): readonly string[] =>
  report.results.map(({ check: id, verdict }) => `${id} ${verdict.status}`);

describe("runConformance", () => {
  it("throws for bad arguments at the call, naming them", () => {
    for (const [name, options] of [
      ["depth", { depth: "deep" as never }],
      ["seed", { seed: -1 }],
      ["shard", { shard: { index: 3, of: 2 } }],
      ["concurrency", { concurrency: 0 }],
      ["budgetMs", { budgetMs: 0 }],
      ["budgetMs", { budgetMs: 3e9 }],
    ] as const) {
      expect(() => runConformance(subject, options)).toThrow(expect.objectContaining({ argument: name }));
    }
    expect(() => runConformance({ kind: "server" })).toThrow(expect.objectContaining({ argument: "subject" }));
    expect(() => runConformance({ kind: "server", execd: { url: "ftp://x" } })).toThrow(
      expect.objectContaining({ argument: "subject.execd.url" }),
    );
  });

  it("tells the seed first and the report last", async () => {
    const seen = await progressOf([check("a/b/c", passes)]);
    expect(seen[0]).toEqual({ type: "started", seed: 7, checks: 1 });
    expect(seen.at(-1)?.type).toBe("finished");
  });

  it("does not pass a check that saw no control", async () => {
    const half = check("half", async (context) => context.positive("a"));
    expect(statuses(await reportOf([check("none", async () => {}), half, check("both", passes)]))).toEqual([
      "none unverified",
      "half unverified",
      "both pass",
    ]);
  });

  it("makes a verdict of everything that a check throws", async () => {
    const report = await reportOf([
      check("fails", fails),
      check("cannot", () => Promise.reject(new Unverifiable("why"))),
      check("breaks", () => Promise.reject(new Error("bug"))),
      check("softly", async (context) => context.must(false, { clause: "X04", invariant: "quiet" })),
    ]);
    expect(statuses(report)).toEqual(["fails fail", "cannot unverified", "breaks error", "softly warn"]);
    expect(report.conclusion.exitCode).toBe(5);
  });

  it("blocks what requires a check that did not pass, not what requires one outside the run", async () => {
    const report = await reportOf([
      check("first", fails),
      check("second", passes, { requires: ["first"] }),
      check("third", passes, { requires: ["elsewhere"] }),
    ]);
    expect(statuses(report)).toEqual(["first fail", "second blocked", "third pass"]);
  });

  it("runs checks that need the subject for themselves alone and last", async () => {
    let running = 0;
    const overlaps: string[] = [];
    const busy =
      (id: string): Check["run"] =>
      async (context) => {
        running++;
        await context.pause(5);
        if (id === "alone" && running > 1) overlaps.push(id);
        running--;
        await passes(context);
      };
    const report = await reportOf([
      check("alone", busy("alone"), { runsAlone: true }),
      check("a", busy("a")),
      check("b", busy("b")),
    ]);
    expect(statuses(report)).toEqual(["a pass", "b pass", "alone pass"]);
    expect(overlaps).toEqual([]);
  });

  it("is flaky only for waits, and keeps the count", async () => {
    let tries = 0;
    const once: Check["run"] = async (context) => {
      context.must(++tries > 1, { invariant: "late" });
      await passes(context);
    };
    expect((await reportOf([check("wait", once, { isAvailability: true })])).results[0]?.verdict).toMatchObject({
      status: "flaky",
      times: { hits: 1, of: 2 },
    });
    tries = 0;
    expect((await reportOf([check("safety", once)])).results[0]?.verdict.status).toBe("fail");
  });

  it("ends a check at its deadline as unverified, and goes on", async () => {
    const report = await reportOf([
      check("stuck", async (context) => context.pause(60_000), { deadlineMs: 30 }),
      check("next", passes),
    ]);
    expect(statuses(report)).toEqual(["stuck unverified", "next pass"]);
  });

  it("cleans up in any case, last first, and reports what it could not", async () => {
    const order: string[] = [];
    const report = await reportOf([
      check("leaky", async (context) => {
        context.defer("one", async () => void order.push("one"));
        context.defer("two", async () => {
          order.push("two");
          throw new Error("cannot");
        });
        context.must(false, { invariant: "x" });
      }),
    ]);
    expect([order, report.leaks]).toEqual([["two", "one"], ["two"]]);
  });

  it("filters, shards and says so when nothing is left", async () => {
    const checks = ["a/x", "a/y", "b/x"].map((id) => check(id, passes));
    expect(statuses(await reportOf(checks, { filter: "a/" }))).toEqual(["a/x pass", "a/y pass"]);
    expect(statuses(await reportOf(checks, { filter: "*x" }))).toEqual(["a/x pass", "b/x pass"]);
    expect(statuses(await reportOf(checks, { shard: { index: 2, of: 2 } }))).toEqual(["a/y pass"]);
    expect((await reportOf(checks, { filter: "nothing" })).conclusion).toMatchObject({
      exitCode: 2,
      outcome: "inconclusive",
    });
  });

  it("exits with 4 when nobody listens, and still reports", async () => {
    const gone: ServerSubject = { kind: "server", execd: { url: "http://127.0.0.1:1" } };
    const last = await lastValueFrom(runConformance(gone, { checks: [check("a", passes)] }));
    expect(last.type === "finished" && last.report.conclusion.exitCode).toBe(4);
  });

  it("exits with 5 when the suite itself cannot go on, and reports what was judged before", async () => {
    const report = await reportOf([
      check("first", passes),
      check("hen", passes, { requires: ["egg"] }),
      check("egg", passes, { requires: ["hen"] }),
    ]);
    expect(statuses(report)).toEqual(["first pass"]);
    expect(report.conclusion).toMatchObject({
      exitCode: 5,
      outcome: "harness-fault",
      reasons: [expect.stringContaining("hen, egg")],
    });
  });

  it("is inconclusive when its time ends first", async () => {
    const slow: Check["run"] = async (context) => context.pause(10_000);
    const report = await reportOf([check("slow", slow), check("late", passes)], { budgetMs: 50, concurrency: 1 });
    expect(report.conclusion.exitCode).toBe(2);
    expect(statuses(report)).toEqual(["slow unverified"]);
  });

  it("records literal operations with symbols, and no secret in the written report", async () => {
    const last = await lastValueFrom(runConformance(subject, { checks: [check("fails", fails)], seed: 7 }));
    if (last.type !== "finished") throw new Error("no report");
    expect(last.report.results[0]?.record?.operations).toMatchObject([
      { target: "$execd", method: "GET", path: "/x", headers: { "X-Token": "$token-execd" } },
    ]);
    expect(last.json).not.toContain(SECRET);
    expect(last.json).not.toContain(Buffer.from(SECRET).toString("base64").replace(/=+$/, ""));
    const [chunk] = (
      JSON.parse(last.json) as { results: [{ record: { exchanges: [{ chunks: [{ base64: string }] }] } }] }
    ).results[0].record.exchanges[0].chunks;
    expect(Buffer.from(chunk.base64, "base64").toString()).toBe(`you sent ${"*".repeat(SECRET.length)}`);
  });

  it("gives equal random values for equal seeds, others for others", async () => {
    const drawn = async (seed: number): Promise<readonly string[]> => {
      const values: string[] = [];
      await reportOf(
        [
          check(
            "draws",
            async (context) => void values.push(context.random.token(), String(context.random.integer(1, 1e9))),
          ),
        ],
        { seed },
      );
      return values;
    };
    expect(await drawn(3)).toEqual(await drawn(3));
    expect(await drawn(3)).not.toEqual(await drawn(4));
  });
});

describe("claims of one run", () => {
  let runs = 0;
  const topic = (run: Check["run"]): readonly Check[] =>
    checkTopic(
      { part: "execd", topic: "topic", group: "commands", capability: "core" },
      {
        naming: {
          title: "first",
          clauses: ["X03"],
          claims: { second: { title: "second", clauses: ["X02"] }, third: { title: "third", clauses: ["X05"] } },
          async run(context) {
            runs++;
            await run(context);
          },
        },
      },
    );
  const holds = async (context: CheckContext): Promise<void> => {
    context.positive("a");
    context.negative("b");
  };
  const verdicts = (report: ConformanceReport): readonly string[] =>
    report.results.map(({ check: id, verdict }) => `${id.slice("execd/topic/".length)} ${verdictText(verdict)}`);
  const broken = topic(async (context) => {
    await context.claim("naming", async () => context.must(false, { invariant: "one" }));
    await context.claim("second", async () => context.must(false, { invariant: "two" }));
    await context.claim("third", () => holds(context));
  });

  it("have a verdict each, and a red one hides no other", async () => {
    runs = 0;
    expect(verdicts(await reportOf(broken))).toEqual(["naming fail X03/one", "second fail X02/two", "third pass"]);
    expect(runs).toBe(1);
  });

  it("are chosen, baselined and reported one by one", async () => {
    expect(verdicts(await reportOf(broken, { filter: "topic/second" }))).toEqual(["second fail X02/two"]);
    const known = {
      check: "execd/topic/second",
      reason: "X02/two",
      occurs: "always",
      why: "known",
      expires: "2999-01-01",
    } as const;
    const baseline = { name: "b", implementation: "i", entries: [known] };
    const { conclusion } = await reportOf(broken, { baseline, gate: "regressions" });
    expect(conclusion.reasons).toEqual(["1 check failed: execd/topic/naming"]);
  });

  it("are blocked by name where a precondition fails, which is red itself", async () => {
    const checks = topic(async (context) => {
      await context.claim("naming", () => holds(context));
      context.must(false, { clause: "X01", invariant: "precondition" });
      await context.claim("second", () => holds(context));
    });
    const report = await reportOf(checks);
    expect(report.results.map(({ verdict }) => verdict)).toEqual([
      expect.objectContaining({ reason: { clause: "X01", invariant: "precondition" } }),
      expect.objectContaining({
        status: "blocked",
        by: expect.stringMatching(/^execd\/topic\/naming \(\w+ X01\/precondition\)$/),
      }),
      expect.objectContaining({ status: "blocked" }),
    ]);
  });

  it("need controls of their own, or some outside all claims", async () => {
    const checks = topic(async (context) => {
      context.positive("outside");
      await context.claim("naming", async () => context.negative("own"));
      await context.claim("second", async () => undefined);
      await context.claim("third", async () => context.negative("own"));
    });
    expect(verdicts(await reportOf(checks))).toEqual(["naming pass", "second unverified", "third pass"]);
  });

  it("are faults of the suite where the run does not judge them, or judges them twice", async () => {
    const checks = topic(async (context) => {
      await context.claim("naming", () => holds(context));
      await context.claim("third", () => holds(context));
      await context.claim("third", () => holds(context));
    });
    const statusesOf = async (of: readonly Check[]): Promise<readonly string[]> => verdicts(await reportOf(of));
    expect(await statusesOf(checks)).toEqual(["naming error", "second blocked", "third pass"]);
    expect(await statusesOf(topic((context) => context.claim("naming", () => holds(context))))).toEqual([
      "naming pass",
      "second error",
      "third error",
    ]);
  });

  it("of audits get a new run when they are asked again", async () => {
    runs = 0;
    const { list, close } = audits(subject, { checks: broken, seed: 7 });
    for (const audit of [...list, ...list]) await audit.run();
    expect(runs).toBe(2);
    await close();
  });
});
