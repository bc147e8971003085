import fc from "fast-check";
import { objectOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { attach, attachAgain, makeTerminal } from "./attached.js";

/** What a terminal keeps for a client that comes back (`execd.md` 9). */
export const terminalReplayChecks = checkTopic(
  { part: "execd", topic: "terminal-replay", group: "terminals", capability: "terminal" },
  {
    cuts: {
      title: "a client that comes back at any byte gets the rest, without gap and without repeat",
      clauses: ["execd.terminal.replay"],
      isProperty: true,
      async run(context) {
        const execd = await context.execd();
        await context.property({
          arbitrary: fc.record({
            lines: fc.array(fc.string({ unit: fc.constantFrom(..."abc 019_-.:ü世😀"), minLength: 1, maxLength: 24 }), {
              minLength: 2,
              maxLength: 8,
            }),
            cuts: fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 4 }),
          }),
          runs: { quick: 3, standard: 12, full: 60 },
          classes: ({ lines, cuts }) => {
            const whole = Buffer.from(lines.join("\n"));
            return cuts.some((cut) => ((whole[Math.floor((cut * whole.length) / 1_000)] ?? 0) & 0xc0) === 0x80)
              ? ["inside a character"]
              : [];
          },
          async test({ lines, cuts }) {
            const id = await makeTerminal(context, execd);
            const written = lines.map((line) => `${line}\n`).join("");
            const whole = Buffer.from(written);
            const first = await attach(execd, id);
            first.type(`printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")}\n`);
            await first.until(({ output }) => output.length >= whole.length);
            context.must(first.text === written, {
              clause: "execd.terminal.echo",
              invariant: "bytes-typed",
              expected: written,
              observed: first.text,
            });
            await first.socket.close();
            let seen = whole;
            for (const [at, cut] of cuts.entries()) {
              const since = Math.floor((cut * seen.length) / 1_000);
              const back = await attachAgain(context, execd, id, { since });
              const more = `more ${at} ü\n`;
              back.type(`printf '%s\\n' '${more.trimEnd()}'\n`);
              const expected = Buffer.concat([seen.subarray(since), Buffer.from(more)]);
              await back.until(({ output, replay }) => output.length + (replay?.bytes.length ?? 0) >= expected.length);
              const { replay } = back;
              context.must((replay?.offset ?? since) === since, {
                invariant: "offset",
                expected: since,
                observed: replay?.offset,
              });
              const observed = Buffer.concat([replay?.bytes ?? Buffer.alloc(0), back.output]);
              context.must(observed.equals(expected), {
                invariant: "no-gap-no-repeat",
                expected: expected.toString("utf8"),
                observed: observed.toString("utf8"),
              });
              seen = Buffer.concat([seen, Buffer.from(more)]);
              await back.socket.close();
            }
          },
        });
        context.positive("each client got the rest from its byte on");
        context.negative("and nothing of before");
      },
    },
    detached: {
      title: "what a shell writes while no client is connected is replayed to the next one",
      clauses: ["execd.terminal.replay", "X69"],
      async run(context) {
        const execd = await context.execd();
        const id = await makeTerminal(context, execd);
        const nonce = context.random.token();
        const first = await attach(execd, id);
        first.type(`echo on; read line; sleep 0.3; echo ${nonce}; echo $((6 * 7))\nx\n`);
        await first.until(({ text }) => text.includes("on\n"));
        await first.socket.close();
        context.observe("X69", first.socket.isLeftOpen ? "stays open" : "ends");
        const expected = `on\n${nonce}\n42\n`;
        const state = await context.waitUntil(
          async () => objectOf(await execd.call({ method: "GET", path: `/pty/${id}` })),
          (seen) => Number(seen["output_offset"]) >= expected.length,
          10_000,
        );
        context.must(state["output_offset"] === expected.length, {
          clause: "execd.terminal.read",
          invariant: "offset-grows",
          expected: expected.length,
          observed: state["output_offset"],
        });
        const back = await attachAgain(context, execd, id, { since: 3 });
        context.must(back.text === expected.slice(3), {
          invariant: "replayed",
          expected: expected.slice(3),
          observed: back.text,
        });
        context.positive("what was missed came");
        await back.socket.close();
        const end = await attachAgain(context, execd, id, { since: expected.length });
        context.must(end.text === "", { invariant: "nothing-new", expected: "", observed: end.text });
        context.negative("who missed nothing gets nothing");
      },
    },
    "at-exit": {
      title: "no output is lost when a shell ends, counting what is replayed afterwards",
      clauses: ["X52"],
      async run(context) {
        const execd = await context.execd();
        const shells = context.size(4, 10, 40);
        let overtaken = 0;
        for (let at = 1; at <= shells; at++) {
          const nonce = context.random.token();
          const lines = 1 + (at % 3) * 400;
          const id = await makeTerminal(context, execd, {
            command: `i=0; while [ $i -lt ${lines} ]; do echo "${nonce} $i"; i=$((i + 1)); done; printf last-${nonce}; exit 3`,
          });
          const expected = `${Array.from({ length: lines }, (_, line) => `${nonce} ${line}\n`).join("")}last-${nonce}`;
          const client = await attach(execd, id);
          await client.socket.untilClosed();
          context.must(client.exitCode === 3, {
            clause: "execd.terminal.exit",
            invariant: "exit-code",
            expected: 3,
            observed: client.exitCode,
          });
          if (client.text === expected) continue;
          overtaken++;
          // Coming back starts the command again: the replay is what the first one wrote, or begins with it.
          const back = await attachAgain(context, execd, id, { since: 0 });
          const kept = back.replay?.bytes.toString("utf8") ?? "";
          context.must(kept.startsWith(expected), {
            invariant: "output-lost",
            expected: expected.slice(-60),
            observed: kept.slice(0, expected.length).slice(-60),
            times: { hits: 1, of: at },
          });
          await back.socket.close();
        }
        context.observe("X52", `the end overtook output in ${overtaken} of ${shells} shells`, { overtaken, shells });
        context.positive("all of it was there");
        context.negative("each shell had its own output and nothing else");
      },
    },
  },
);
