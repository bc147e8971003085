import fc from "fast-check";
import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { judgeText } from "../../oracles/text-oracle.js";
import { checkTopic } from "../check-topic.js";
import { eventRun, linesOf } from "../event-run.js";

/** A command that writes exactly these bytes, whatever shell runs it. */
export function printing(text: string, stream: "stdout" | "stderr" = "stdout"): string {
  const octal = [...Buffer.from(text, "utf8")].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
  return `printf '%b' '${octal.replaceAll("\\", "\\0")}'${stream === "stderr" ? " >&2" : ""}`;
}

interface Written {
  readonly stdout: string;
  readonly stderr: string;
}

async function writes(context: CheckContext, execd: Endpoint, command: string, written: Written): Promise<void> {
  const run = await eventRun(execd, "/command", { command });
  context.must(run.end?.type === "execution_complete", {
    invariant: "printed",
    expected: "execution_complete",
    observed: run.end?.type ?? run.exchange.end,
  });
  const found = judgeText("command", written, run.items).find(({ level }) => level === "MUST");
  context.must(found === undefined, {
    invariant: found?.invariant ?? "stdout-lines",
    expected: found?.expected,
    observed: found?.observed,
  });
}

const word = fc.string({ unit: fc.constantFrom(..."abcXYZ 019_-.,:;#$%&*()[]{}<>?!|~^`'\"\\/"), maxLength: 30 });
const unicode = fc.string({
  unit: fc.constantFrom("a", "ü", "€", "世", "🌍", "\u0301", "\u200b", "\ufeff", "\t"),
  minLength: 1,
  maxLength: 20,
});

/** Output of foreground commands (`execd.md` 2.3): lists of lines, never bytes. */
export const commandOutputChecks = checkTopic(
  { part: "execd", topic: "command-output", group: "commands", capability: "core" },
  {
    lines: {
      title: "every line of output arrives once, in order, in its stream",
      clauses: ["execd.output.lines"],
      isProperty: true,
      async run(context) {
        const execd = await context.execd();
        const lines = fc.array(
          word.map((text) => text.trimEnd()),
          { maxLength: 8 },
        );
        await context.property({
          arbitrary: fc.record({ stdout: lines, stderr: lines }),
          runs: { quick: 8, standard: 15, full: 100 },
          classes: ({ stdout, stderr }) => [
            ...(stdout.length > 1 ? ["several lines"] : []),
            ...(stderr.length > 0 ? ["both streams"] : []),
          ],
          async test({ stdout, stderr }) {
            const text = (list: readonly string[]): string => list.map((line) => `${line}\n`).join("");
            const written = { stdout: text(stdout), stderr: text(stderr) };
            await writes(context, execd, `${printing(written.stdout)}; ${printing(written.stderr, "stderr")}`, written);
          },
        });
        context.positive("generated lines came back in their order and stream");
        const nonce = context.random.token();
        const silent = await eventRun(execd, "/command", { command: `test -z ${nonce} || true` });
        context.must(linesOf(silent, "stdout").length === 0 && linesOf(silent, "stderr").length === 0, {
          invariant: "nothing-unwritten",
          expected: [],
          observed: silent.frames.map(({ type }) => type),
        });
        context.negative("a command that writes nothing has no output");
      },
    },
    "blank-lines": {
      title: "a blank line between others stays visible",
      clauses: ["execd.output.lines", "X08"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        await writes(context, execd, printing(`${nonce}\n\n\nlast\n\n`), {
          stdout: `${nonce}\n\n\nlast\n\n`,
          stderr: "",
        });
        context.positive("blank lines were there");
        await writes(context, execd, printing(`${nonce}\nlast\n`), { stdout: `${nonce}\nlast\n`, stderr: "" });
        context.negative("and are not where none were written");
        const run = await eventRun(execd, "/command", { command: printing("\n") });
        context.observe("X08", JSON.stringify(run.frames.find(({ type }) => type === "stdout")?.text ?? null));
      },
    },
    utf8: {
      title: "valid UTF-8 arrives unchanged, also when a character is written in pieces",
      clauses: ["execd.output.utf8"],
      isProperty: true,
      async run(context) {
        const execd = await context.execd();
        await context.property({
          arbitrary: fc.record({ text: unicode, pause: fc.boolean(), cut: fc.nat() }),
          runs: { quick: 6, standard: 12, full: 60 },
          classes: ({ text, pause, cut }) =>
            pause &&
            Buffer.from(text)[(cut % Buffer.byteLength(text)) + 1] !== undefined &&
            ((Buffer.from(text)[(cut % Buffer.byteLength(text)) + 1] ?? 0) & 0xc0) === 0x80
              ? ["split inside a character"]
              : [],
          async test({ text, pause, cut }) {
            const bytes = Buffer.from(`${text}\n`, "utf8");
            const at = (cut % Buffer.byteLength(text)) + 1;
            const octal = (part: Buffer): string =>
              [...part].map((byte) => `\\0${byte.toString(8).padStart(3, "0")}`).join("");
            const command = `printf '%b' '${octal(bytes.subarray(0, at))}'; ${pause ? "sleep 0.15; " : ""}printf '%b' '${octal(bytes.subarray(at))}'`;
            await writes(context, execd, command, { stdout: `${text}\n`, stderr: "" });
          },
        });
        context.positive("generated texts came back unchanged");
        const run = await eventRun(execd, "/command", { command: printing("ä€🌍\n") });
        context.must(linesOf(run, "stdout").join() === "ä€🌍" && !linesOf(run, "stdout").join().includes("\ufffd"), {
          invariant: "no-replacement",
          expected: "ä€🌍",
          observed: linesOf(run, "stdout"),
        });
        context.negative("no character was replaced");
      },
    },
    "long-line": {
      title: "a line above 64 KiB arrives whole",
      clauses: ["execd.output.large"],
      async run(context) {
        const execd = await context.execd();
        const sizes = context.size([70_000], [70_000, 300_000], [70_000, 300_000, 1_048_576]);
        const nonce = context.random.token();
        for (const size of sizes) {
          const run = await eventRun(execd, "/command", {
            command: `head -c ${size} /dev/zero | tr '\\0' x; echo ${nonce}`,
          });
          const [line = ""] = linesOf(run, "stdout");
          context.must(line.length === size + nonce.length, {
            invariant: "line-length",
            expected: size + nonce.length,
            observed: line.length,
          });
          context.must(line.endsWith(nonce) && /^x+$/.test(line.slice(0, size)), {
            invariant: "line-content",
            expected: `${size} x and the nonce`,
            observed: line.slice(-20),
          });
        }
        context.positive(`lines of ${sizes.join(", ")} bytes came whole`);
        const short = await eventRun(execd, "/command", { command: `echo ${nonce}` });
        context.must(linesOf(short, "stdout").join() === nonce, {
          invariant: "short-line",
          expected: nonce,
          observed: linesOf(short, "stdout"),
        });
        context.negative("a short line is as short as it was");
      },
    },
    "many-lines": {
      title: "thousands of lines arrive whole and in order",
      clauses: ["execd.output.large"],
      async run(context) {
        const execd = await context.execd();
        const count = context.size(1_000, 5_000, 20_000);
        const first = context.random.integer(1, 1_000_000);
        const run = await eventRun(execd, "/command", { command: `seq ${first} ${first + count - 1}` });
        const lines = linesOf(run, "stdout");
        const wrong = lines.findIndex((line, index) => line !== String(first + index));
        context.must(wrong === -1 && lines.length === count, {
          invariant: "sequence",
          expected: `${count} lines in order`,
          observed: wrong === -1 ? `${lines.length} lines` : `line ${wrong + 1} is ${lines[wrong]}`,
        });
        context.positive(`${count} lines came in order`);
        context.must(linesOf(run, "stderr").length === 0, {
          invariant: "other-stream-empty",
          expected: [],
          observed: linesOf(run, "stderr").slice(0, 3),
        });
        context.negative("none of them was on the other stream");
      },
    },
    "before-end": {
      title: "all output comes before the end, also what was written right before it",
      clauses: ["execd.output.before-end"],
      async run(context) {
        const execd = await context.execd();
        const times = context.size(3, 8, 30);
        for (let time = 0; time < times; time++) {
          const nonce = context.random.token();
          const run = await eventRun(
            execd,
            "/command",
            { command: `sleep 0.${time % 3}; echo ${nonce}; echo ${nonce} >&2; exit ${time % 2 === 0 ? 0 : 6}` },
            { toEndOfBody: true },
          );
          const end = run.frames.findIndex((frame) => frame === run.end);
          const before = run.frames.slice(0, end).filter(({ type }) => type === "stdout" || type === "stderr").length;
          context.must(before === 2, {
            invariant: "output-before-end",
            expected: 2,
            observed: run.frames.map(({ type }) => type),
            times: { hits: 1, of: time + 1 },
          });
          context.must(linesOf(run, "stdout").join() === nonce && linesOf(run, "stderr").join() === nonce, {
            invariant: "output-text",
            expected: nonce,
            observed: run.frames.map(({ text }) => text),
          });
        }
        context.positive(`in ${times} runs the last lines came before the end`);
        context.negative("each run had its own text");
      },
    },
    unterminated: {
      title: "a last line without terminator arrives",
      clauses: ["execd.output.unterminated"],
      async run(context) {
        const execd = await context.execd();
        const nonce = context.random.token();
        const run = await eventRun(execd, "/command", { command: `printf 'first\\n%s' ${nonce}` });
        context.must(linesOf(run, "stdout").join() === `first,${nonce}`, {
          invariant: "last-line",
          expected: ["first", nonce],
          observed: linesOf(run, "stdout"),
        });
        context.positive("the last line is there");
        const split = await eventRun(execd, "/command", {
          command: `printf %s ${nonce}; sleep 0.3; printf '%s\\n' -end`,
        });
        context.must(linesOf(split, "stdout").join("") === `${nonce}-end`, {
          invariant: "nothing-twice",
          expected: `${nonce}-end`,
          observed: linesOf(split, "stdout"),
        });
        context.negative("a line that was written in two pieces came once");
        context.observe("X09", linesOf(split, "stdout").length === 1 ? "withheld until it is whole" : "sent in pieces");
      },
    },
    "carriage-returns": {
      title: "how carriage returns split output",
      clauses: ["execd.output.cr"],
      level: "INFO",
      async run(context) {
        const execd = await context.execd();
        for (const [name, text] of [
          ["progress", "10%\r20%\rdone\n"],
          ["crlf", "a\r\nb\r\n"],
          ["double", "c\r\r\n"],
        ] as const) {
          const run = await eventRun(execd, "/command", { command: printing(text) });
          context.must(run.end?.type === "execution_complete", {
            invariant: "runs-to-end",
            expected: "execution_complete",
            observed: run.end?.type,
          });
          context.observe("execd.output.cr", `${name}: ${JSON.stringify(linesOf(run, "stdout"))}`);
        }
        context.positive("commands that write carriage returns run to their end");
        const run = await eventRun(execd, "/command", { command: printing("x\n") });
        context.must(linesOf(run, "stdout").join() === "x", {
          invariant: "plain-line",
          expected: ["x"],
          observed: linesOf(run, "stdout"),
        });
        context.negative("a line without one is not split");
      },
    },
    "invalid-utf8": {
      title: "what becomes of bytes that are not UTF-8",
      clauses: ["X10"],
      level: "INFO",
      async run(context) {
        const execd = await context.execd();
        const run = await eventRun(execd, "/command", { command: "printf 'a\\377b\\n'" });
        const [line = ""] = linesOf(run, "stdout");
        context.must(run.end?.type === "execution_complete" && line.startsWith("a") && line.endsWith("b"), {
          invariant: "valid-bytes-stay",
          expected: "a, something, b",
          observed: line,
        });
        context.observe("X10", JSON.stringify(line));
        context.positive("the valid bytes around are there");
        context.must(line !== "ab" || run.frames.length > 0, {
          invariant: "seen",
          expected: "a line",
          observed: run.frames.length,
        });
        context.negative("the line is one line");
      },
    },
  },
);
