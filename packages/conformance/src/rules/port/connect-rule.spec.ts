import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { ruleChecks } from "../checks/rule-checks.js";
import { RuleFault } from "../rule-fault.js";
import { runRuleCheck } from "../run-rule-checks.js";
import { connectRule, type ConnectedRule } from "./connect-rule.js";
import { goldenExchanges } from "./golden-exchanges.js";

const python = ["python3", "python"].find((name) => spawnSync(name, ["--version"]).status === 0);
const adapter = (name: string): string => fileURLToPath(new URL(`../../../adapters/${name}`, import.meta.url));
const question = { op: "infer", execution: { error: null, complete: null } };
const open: ConnectedRule[] = [];

async function connected(
  ...[command, more]: [readonly [string, ...string[]], { readonly answerMs?: number; readonly helloMs?: number }?]
): Promise<ConnectedRule> {
  const rule = await connectRule({ command, ...more });
  open.push(rule);
  return rule;
}

async function faultOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RuleFault)) throw new Error(`no fault: ${String(error)}`);
  return `${error.kind}: ${error.message}`;
}

afterEach(async () => {
  for (const rule of open.splice(0)) await rule.close();
});

const adapters: readonly [string, readonly [string, ...string[]]][] = [
  ["rules.mjs", [process.execPath, adapter("rules.mjs")]],
  ...(python === undefined ? [] : [["rules.py", [python, adapter("rules.py")]] as [string, [string, ...string[]]]]),
];

describe.each(adapters)("the adapter %s", (name, command) => {
  it("answers the golden requests, and exits with 0 when stdin closes", async () => {
    const rule = await connectRule({ command });
    expect(rule).toMatchObject({ kind: "rule", name, ops: ["decode", "infer", "merge", "remove"] });
    for (const { request, answer } of goldenExchanges().slice(1)) expect(await rule.ask(request)).toEqual(answer);
    expect(await rule.ask({ op: "dance" })).toMatchObject({ fault: "unsupported" });
    expect(await rule.close()).toBe(0);
    expect(rule.restarts).toBe(0);
  });

  it("passes every check that binds", { timeout: 60_000 }, async () => {
    const rule = await connected(command);
    const red: string[] = [];
    for (const check of ruleChecks) {
      if (check.level !== "MUST" && check.level !== "SHOULD") continue;
      const { status, finding, message } = await runRuleCheck(check, rule, { seed: 1, runs: 12 });
      if (status !== "pass") red.push(`${check.id} ${status} ${finding?.invariant ?? message}`);
    }
    expect(red).toEqual([]);
  });
});

describe("the Python adapter", () => {
  it.runIf(python !== undefined)(
    `fails with a planted re.match('\\d+$')${python === undefined ? " (not run: no Python here)" : ""}`,
    { timeout: 60_000 },
    async () => {
      const text = readFileSync(adapter("rules.py"), "utf8");
      const wrong = text.replace('re.fullmatch(r"-?[0-9]{1,300}", value)', 're.match(r"\\d+$", value)');
      expect(wrong).not.toBe(text);
      const path = join(mkdtempSync(join(tmpdir(), "rules-")), "rules.py");
      writeFileSync(path, wrong);
      const rule = await connected([python as string, path]);
      const red: string[] = [];
      for (const check of ruleChecks)
        if (check.op === "infer" && (await runRuleCheck(check, rule, { seed: 1, runs: 100 })).status === "fail")
          red.push(check.id);
      expect(red).toContain("rule/infer/negative");
    },
  );
});

describe("connectRule", () => {
  it("numbers requests that have no id, keeps ids that are given, and asks one at a time", async () => {
    const rule = await connected(faultyAdapter("setImmediate(() => say({ id: request.id, exitCode: null }));"));
    const answers = await Promise.all([
      rule.ask(question),
      rule.ask({ ...question, id: 7 }),
      rule.ask({ ...question, id: 7 }),
    ]);
    expect(answers.map(({ id }) => id)).toEqual(["r1", 7, 7]);
  });

  it("offers only operations that it knows", async () => {
    const rule = await connected(
      faultyAdapter("", '{ port: 1, name: "x", version: "2", ops: ["infer", "dance"], more: true }'),
    );
    expect([rule.ops, rule.version]).toEqual([["infer"], "2"]);
  });

  it.each([
    ["another port", faultyAdapter("", "{ port: 2, name: 'x', version: '1', ops: [] }"), /^fault: no common port/],
    ["no JSON", faultyAdapter("", '"hello\\n"'), /^fault: a line of stdout is not a JSON object: hello/],
    [
      "a program that is not there",
      ["/nowhere/no-such-program"] as const,
      /^fault: \/nowhere\/no-such-program cannot be started/,
    ],
    ["a program that exits", [process.execPath, "-e", ""] as const, /^fault: the rule exited with 0/],
  ])("rejects for %s", async (_, command, message) => {
    expect(await faultOf(connectRule({ command }))).toMatch(message);
  });

  it("rejects when nobody says hello", async () => {
    expect(
      await faultOf(connectRule({ command: [process.execPath, "-e", "process.stdin.resume()"], helloMs: 50 })),
    ).toBe("hang: no answer within 50 ms");
  });

  it.each([
    ["another id", 'say({ id: "other", exitCode: 0 });', /^fault: asked with id "r1", answered with "other"/],
    ["no JSON", 'say("0\\n");', /^fault: a line of stdout is not a JSON object: 0/],
    [
      "bytes that are not UTF-8",
      "process.stdout.write(Buffer.from([0x22, 0xff, 0x22, 10]));",
      /^fault: a line of stdout is not a JSON object/,
    ],
    ["a byte order mark", 'say("\\ufeff{}\\n");', /^fault: a line of stdout is not a JSON object/],
    ["a crash", "process.exit(3);", /^fault: the rule exited with 3/],
  ])("rejects for %s, starts the program once more, and then no more", async (_, answer, message) => {
    const rule = await connected(faultyAdapter(answer));
    expect(await faultOf(rule.ask({ ...question, id: "r1" }))).toMatch(message);
    expect(await faultOf(rule.ask({ ...question, id: "r1" }))).toMatch(message);
    expect(rule.restarts).toBe(1);
    expect(await faultOf(rule.ask(question))).toBe("fault: the rule is down: started again, it answered nothing");
  });

  it("starts a program again each time after it has answered something", async () => {
    const rule = await connected(
      faultyAdapter('if (request.id === "bad") process.exit(3); else say({ id: request.id, exitCode: 5 });'),
    );
    for (const round of [1, 2, 3]) {
      expect(await faultOf(rule.ask({ ...question, id: "bad" }))).toMatch(/^fault: the rule exited with 3/);
      expect(await rule.ask(question)).toMatchObject({ exitCode: 5 });
      expect(rule.restarts).toBe(round);
    }
  });

  it("takes a second line for a fault", async () => {
    const rule = await connected(
      faultyAdapter("say({ id: request.id, exitCode: 0 }); say({ id: request.id, exitCode: 0 });"),
    );
    await rule.ask(question).catch(() => undefined);
    // Whether the line is there before the next question or after it is up to the pipe: it is a stray line, or an
    // answer with an old id.
    const second = await rule.ask(question).catch((error: unknown) => error);
    expect(second instanceof RuleFault || rule.restarts === 1).toBe(true);
  });

  it("takes silence for a hang, and goes on with a fresh program", async () => {
    const rule = await connected(faultyAdapter('if (request.id !== "quiet") say({ id: request.id, exitCode: 5 });'), {
      answerMs: 2000,
    });
    expect(await faultOf(rule.ask({ ...question, id: "quiet" }))).toBe("hang: no answer within 2000 ms");
    expect(await rule.ask(question)).toMatchObject({ exitCode: 5 });
    expect(rule.restarts).toBe(1);
  });

  it("kills a program that does not end with its stdin", async () => {
    const rule = await connectRule({
      command: [
        process.execPath,
        "-e",
        `setInterval(() => {}, 1000); process.stdin.once("data", () => console.log('{"port":1,"name":"x","version":"1","ops":[]}'))`,
      ],
      exitMs: 50,
    });
    expect(await rule.close()).toBeUndefined();
  });
});

/**
 * A program that speaks the port, with `answer` as the body of what it does with one request, a variable of that name.
 */
function faultyAdapter(
  answer: string,
  hello = '{ port: 1, name: "faulty", version: "1", ops: ["infer"] }',
): readonly [string, ...string[]] {
  const program = `
    let pending = "";
    const say = (value) => process.stdout.write(typeof value === "string" ? value : JSON.stringify(value) + "\\n");
    process.stdin.on("data", (chunk) => {
      const lines = (pending + chunk).split("\\n");
      pending = lines.pop();
      for (const line of lines) {
        const request = JSON.parse(line);
        if (request.op === "hello") say(${hello});
        else { ${answer} }
      }
    });`;
  return [process.execPath, "-e", program];
}
