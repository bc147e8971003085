import fc from "fast-check";
import type { CallRequest, Endpoint } from "../../model/endpoint.js";
import type { CheckContext } from "../../model/check-context.js";
import { objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";
import { checkTopic } from "../check-topic.js";
import { scratchDirectory } from "../scratch-directory.js";
import { eventRun, exitOf, linesOf } from "../event-run.js";

/** Asserts that a request is refused with 400 before any stream begins. */
async function refused(
  context: CheckContext,
  execd: Endpoint,
  what: Pick<CallRequest, "json" | "body" | "headers">,
): Promise<void> {
  mustRefuse(context, await execd.call({ method: "POST", path: "/command", ...what }));
}

function mustRefuse(context: CheckContext, answer: WireExchange): void {
  context.must(statusOf(answer) === 400, { invariant: "refused", expected: 400, observed: statusOf(answer) });
  const { code, message } = objectOf(answer);
  context.must(typeof code === "string" && code !== "", {
    clause: "execd.errors.envelope",
    invariant: "has-code",
    expected: "an object with a code",
    observed: { code, message },
  });
}

async function works(
  context: CheckContext,
  execd: Endpoint,
  json: Readonly<Record<string, unknown>>,
  expected: string,
): Promise<void> {
  const run = await eventRun(execd, "/command", json);
  context.must(linesOf(run, "stdout").join("\n") === expected, {
    invariant: "valid-one-works",
    expected,
    observed: linesOf(run, "stdout"),
  });
}

/** What `POST /command` takes and refuses (`execd.md` 3.1). */
export const commandRequestChecks = checkTopic(
  { part: "execd", topic: "command-request", group: "commands", capability: "core" },
  {
    cwd: {
      title: "a command runs in the directory that was asked for, and only that one does",
      clauses: ["execd.command.cwd"],
      async run(context) {
        const execd = await context.execd();
        const name = context.random.token();
        const directory = `${await scratchDirectory(execd)}/${name}`;
        await eventRun(execd, "/command", { command: `mkdir -p ${directory}/sub && cd ${directory} && pwd` });
        await works(context, execd, { command: 'test "$PWD" -ef . && basename "$(pwd -P)"', cwd: directory }, name);
        context.positive("it runs there");
        const plain = await eventRun(execd, "/command", { command: "pwd -P" });
        context.must(!linesOf(plain, "stdout").join().endsWith(`/${name}`), {
          invariant: "only-that-run",
          expected: "another directory",
          observed: linesOf(plain, "stdout"),
        });
        context.negative("a command that asked for none runs elsewhere");
      },
    },
    "cwd-missing": {
      title: "a directory that does not exist or is a file is refused with 400 before any stream",
      clauses: ["execd.command.cwd-missing", "X02"],
      async run(context) {
        const execd = await context.execd();
        const name = `${await scratchDirectory(execd)}/${context.random.token()}`;
        const missing = await execd.call({ method: "POST", path: "/command", json: { command: "true", cwd: name } });
        context.must(statusOf(missing) >= 400, {
          clause: "X02",
          invariant: "refused-by-status",
          expected: "4xx",
          observed: [statusOf(missing), textOf(missing).slice(0, 100)],
        });
        mustRefuse(context, missing);
        await eventRun(execd, "/command", { command: `touch ${name}` });
        await refused(context, execd, { json: { command: "true", cwd: name } });
        context.negative("what is missing and what is a file are refused");
        const scratch = await scratchDirectory(execd);
        await works(context, execd, { command: "pwd -P", cwd: scratch }, scratch);
        context.positive("a directory that is there is taken");
      },
    },
    envs: {
      title: "variables of the request are seen by that command only, whatever their value",
      clauses: ["execd.command.envs"],
      isProperty: true,
      async run(context) {
        const execd = await context.execd();
        await context.property({
          arbitrary: fc.string({ unit: fc.constantFrom(..."ab c'\"$`\\=;&|<>*?ü€"), maxLength: 20 }),
          runs: { quick: 4, standard: 10, full: 60 },
          async test(value) {
            const run = await eventRun(execd, "/command", {
              command: 'printf "[%s]\\n" "$RX_CONFORMANCE"',
              envs: { RX_CONFORMANCE: value },
            });
            context.must(linesOf(run, "stdout").join("\n") === `[${value}]`, {
              invariant: "value",
              expected: `[${value}]`,
              observed: linesOf(run, "stdout"),
            });
          },
        });
        context.positive("generated values were seen as they are");
        await works(context, execd, { command: 'echo "[${RX_CONFORMANCE-unset}]"' }, "[unset]");
        context.negative("the next command does not see them");
      },
    },
    required: {
      title: "a request without a command, or with an empty one, is refused with 400",
      clauses: ["execd.command.required"],
      async run(context) {
        const execd = await context.execd();
        for (const json of [{}, { command: "" }, { cwd: "/" }]) await refused(context, execd, { json });
        context.negative("three requests without a command are refused");
        const nonce = context.random.token();
        await works(context, execd, { command: `echo ${nonce}` }, nonce);
        context.positive("one with a command is not");
      },
    },
    malformed: {
      title: "a body that is not JSON, or of wrong types, is refused with 400",
      clauses: ["execd.command.malformed", "execd.errors.envelope"],
      async run(context) {
        const execd = await context.execd();
        const headers = { "Content-Type": "application/json" };
        for (const body of ["", "{", "nonsense", '{"command":5}', '{"command":"true","timeout":"soon"}', '["true"]'])
          await refused(context, execd, { body, headers });
        context.negative("six wrong bodies are refused");
        const nonce = context.random.token();
        await works(context, execd, { command: `echo ${nonce}` }, nonce);
        context.positive("a right one is not");
      },
    },
    "negative-timeout": {
      title: "a negative timeout is refused with 400",
      clauses: ["execd.command.negative-timeout"],
      async run(context) {
        const execd = await context.execd();
        await refused(context, execd, { json: { command: "true", timeout: -1 } });
        context.negative("-1 is refused");
        const nonce = context.random.token();
        await works(context, execd, { command: `echo ${nonce}`, timeout: 60_000 }, nonce);
        context.positive("60000 is not");
      },
    },
    "gid-without-uid": {
      title: "a group without a user is refused with 400",
      clauses: ["execd.command.gid-without-uid"],
      async run(context) {
        const execd = await context.execd();
        await refused(context, execd, { json: { command: "true", gid: 0 } });
        context.negative("gid alone is refused");
        const nonce = context.random.token();
        await works(context, execd, { command: `echo ${nonce}` }, nonce);
        context.positive("neither is not");
      },
    },
    parallel: {
      title: "commands run side by side without mixing their output",
      clauses: ["execd.command.parallel"],
      async run(context) {
        const execd = await context.execd();
        const nonces = Array.from({ length: context.size(4, 8, 16) }, () => context.random.token());
        const runs = await Promise.all(
          nonces.map((nonce) =>
            eventRun(execd, "/command", {
              command: `for i in 1 2 3; do echo ${nonce}-$i; sleep 0.05; done; exit ${(nonce.charCodeAt(1) % 3) + 1}`,
            }),
          ),
        );
        runs.forEach((run, index) => {
          const nonce = nonces[index] ?? "";
          context.must(linesOf(run, "stdout").join() === [1, 2, 3].map((at) => `${nonce}-${at}`).join(), {
            invariant: "own-output",
            expected: nonce,
            observed: linesOf(run, "stdout"),
          });
          context.must(Number(run.end?.error?.evalue) === (nonce.charCodeAt(1) % 3) + 1, {
            invariant: "own-exit",
            expected: (nonce.charCodeAt(1) % 3) + 1,
            observed: exitOf(run),
          });
        });
        context.positive(`${nonces.length} commands had their own output and status`);
        context.must(new Set(runs.map(({ id }) => id)).size === nonces.length, {
          invariant: "own-id",
          expected: nonces.length,
          observed: runs.map(({ id }) => id),
        });
        context.negative("and ids of their own");
      },
    },
    stdin: {
      title: "a command reads an empty standard input",
      clauses: ["execd.command.stdin"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        await works(context, execd, { command: `cat; echo ${nonce}` }, nonce);
        context.positive("cat ends at once");
        await works(context, execd, { command: `read line || echo none; echo ${nonce} | cat` }, `none\n${nonce}`);
        context.negative("what is piped in is read");
      },
    },
    shell: {
      title: "a command is a script of a POSIX shell",
      clauses: ["execd.command.shell"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        await works(
          context,
          execd,
          {
            command: `x=${nonce}; f() { echo "$1-$x"; }\nfor i in 1 2; do f $i; done && echo $((6 * 7)) | sed 's/4/four-/'`,
          },
          `1-${nonce}\n2-${nonce}\nfour-2`,
        );
        context.positive("functions, loops, arithmetic and pipes work");
        const broken = await eventRun(execd, "/command", { command: "if then" });
        context.must(exitOf(broken).kind === "known" && Number(broken.end?.error?.evalue) > 0, {
          invariant: "syntax-error",
          expected: "a non-zero exit",
          observed: exitOf(broken),
        });
        context.negative("a syntax error is not a success");
      },
    },
    "unknown-fields": {
      title: "fields that are not known are ignored",
      clauses: ["execd.command.required"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        await works(context, execd, { command: `echo ${nonce}`, [`x-${nonce}`]: { deep: [1] } }, nonce);
        context.positive("a request with a field of the future works");
        await refused(context, execd, { json: { [nonce]: "true" } });
        context.negative("it does not stand for a command");
      },
    },
  },
);
