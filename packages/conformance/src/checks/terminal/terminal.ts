import { Unverifiable } from "../../model/outcome.js";
import { objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import { scratchDirectory } from "../scratch-directory.js";
import { checkTopic } from "../check-topic.js";
import { attach, attachAgain, makeTerminal } from "./attached.js";

/** Terminals and who holds them (`execd.md` 9). */
export const terminalChecks = checkTopic(
  { part: "execd", topic: "terminal", group: "terminals", capability: "terminal" },
  {
    rest: {
      title:
        "a terminal is created with an id, tells whether it runs and how much it wrote, and is 404 when it is deleted",
      clauses: ["execd.terminal.create", "execd.terminal.read", "execd.terminal.delete", "X48"],
      async run(context) {
        const execd = await context.execd();
        const [gone, stays] = [await makeTerminal(context, execd), await makeTerminal(context, execd)];
        context.must(gone !== stays, { invariant: "own-id", expected: "two ids", observed: [gone, stays] });
        const read = async (id: string): Promise<Readonly<Record<string, unknown>>> =>
          objectOf(await execd.call({ method: "GET", path: `/pty/${id}` }));
        const before = await read(gone);
        context.must(before["session_id"] === gone && before["running"] === false && before["output_offset"] === 0, {
          clause: "execd.terminal.read",
          invariant: "before",
          expected: { session_id: gone, running: false, output_offset: 0 },
          observed: before,
        });
        const client = await attach(execd, gone);
        const nonce = context.random.token();
        client.type(`echo ${nonce}\n`);
        await client.until(({ text }) => text.includes(`${nonce}\n`));
        const during = await read(gone);
        const written = Buffer.byteLength(client.text);
        context.must(during["running"] === true && during["output_offset"] === written && written > 0, {
          clause: "execd.terminal.read",
          invariant: "during",
          expected: { running: true, output_offset: written },
          observed: during,
        });
        context.positive("it runs and has written");
        const deleted = await execd.call({ method: "DELETE", path: `/pty/${gone}` });
        context.must(statusOf(deleted) === 200, {
          clause: "execd.terminal.delete",
          invariant: "deleted",
          expected: 200,
          observed: statusOf(deleted),
        });
        await client.socket.untilClosed();
        context.must(client.socket.closed !== undefined, {
          clause: "execd.terminal.delete",
          invariant: "client-let-go",
          expected: "a closed socket",
          observed: "an open one",
        });
        for (const [method, id] of [
          ["GET", gone],
          ["DELETE", gone],
          ["GET", context.random.token(32)],
        ] as const) {
          const answer = await execd.call({ method, path: `/pty/${id}` });
          context.must(statusOf(answer) === 404, {
            clause: "execd.terminal.delete",
            invariant: "gone-is-404",
            expected: `404 for ${method}`,
            observed: statusOf(answer),
          });
        }
        const late = await attach(execd, gone);
        context.must(late.isRefused, {
          clause: "execd.terminal.delete",
          invariant: "refuses-clients",
          expected: "a refused handshake",
          observed: late.socket.status,
        });
        context.must((await read(stays))["session_id"] === stays, {
          clause: "execd.terminal.delete",
          invariant: "others-stay",
          expected: stays,
          observed: "another answer",
        });
        context.observe("X48", "terminals exist");
        context.negative("the deleted one is gone, the other stays");
      },
    },
    echo: {
      title: "what is typed reaches the shell, as bytes and as text, and its output comes back",
      clauses: ["execd.terminal.echo"],
      async run(context) {
        const execd = await context.execd();
        const client = await attach(execd, await makeTerminal(context, execd));
        const [one, two, nonce] = [
          context.random.integer(100, 999),
          context.random.integer(100, 999),
          `${context.random.token()} ü世`,
        ];
        client.type(`echo $((${one} * ${two})) '${nonce}'\n`);
        await client.until(({ text }) => text.includes("\n"));
        context.must(client.text === `${one * two} ${nonce}\n`, {
          invariant: "bytes-typed",
          expected: `${one * two} ${nonce}`,
          observed: client.text,
        });
        client.send({ type: "stdin", data: `echo $((${two} - ${one}))\n` });
        await client.until(({ text }) => text.split("\n").length > 2);
        context.must(client.text.split("\n")[1] === String(two - one), {
          invariant: "text-typed",
          expected: two - one,
          observed: client.text,
        });
        context.positive("what the shell computed came back");
        const size = context.size(100_000, 200_000, 600_000);
        client.type(`head -c ${size} /dev/zero | tr '\\0' x; echo; echo ${nonce}-end\n`);
        await client.until(({ text }) => text.endsWith("-end\n"));
        const long = client.text.split("\n")[2] ?? "";
        context.must(long === "x".repeat(size), { invariant: "long-output", expected: size, observed: long.length });
        context.must(client.text.split("\n").length === 5, {
          invariant: "nothing-else",
          expected: "four lines",
          observed: client.text.split("\n").length - 1,
        });
        context.negative("nothing came that nobody wrote");
      },
    },
    exit: {
      title: "the end of the shell arrives with its exit code, and the terminal runs no more",
      clauses: ["execd.terminal.exit", "X53"],
      async run(context) {
        const execd = await context.execd();
        for (const code of context.size([0, 7, 200], [0, 1, 7, 127, 200], [0, 1, 2, 7, 42, 126, 127, 128, 200, 255])) {
          const id = await makeTerminal(context, execd);
          const client = await attach(execd, id);
          client.type(`exit ${code}\n`);
          await client.socket.untilClosed();
          context.must(client.exitCode === code, { invariant: "exit-code", expected: code, observed: client.exitCode });
          const state = await context.waitUntil(
            async () => objectOf(await execd.call({ method: "GET", path: `/pty/${id}` })),
            (seen) => seen["running"] === false,
            5_000,
          );
          context.must(state["running"] === false, {
            invariant: "runs-no-more",
            expected: false,
            observed: state["running"],
          });
          if (code !== 7) continue;
          const again = await attachAgain(context, execd, id);
          context.observe("X53", again.frames("connected").length > 0 ? "a new shell" : "refused");
          await again.socket.close();
        }
        context.positive("each code came");
        context.negative("none was taken for another");
      },
    },
    exclusive: {
      title: "a second client is refused unless it takes over, and then the first is let go",
      clauses: ["execd.terminal.exclusive"],
      async run(context) {
        const execd = await context.execd();
        const id = await makeTerminal(context, execd);
        const first = await attach(execd, id);
        const second = await attach(execd, id);
        context.must(second.isRefused && [409, 101].includes(second.socket.status), {
          invariant: "second-is-409",
          expected: 409,
          observed: second.socket.status,
        });
        const nonce = context.random.token();
        first.type(`echo ${nonce}\n`);
        await first.until(({ text }) => text.includes(nonce));
        context.must(first.text.includes(nonce) && first.socket.closed === undefined, {
          invariant: "first-stays",
          expected: nonce,
          observed: first.text,
        });
        context.negative("the second is refused and the first works on");
        const third = await attach(execd, id, { isTakeover: true });
        context.must(!third.isRefused && third.frames("connected").length > 0, {
          invariant: "takeover",
          expected: "a greeting",
          observed: third.socket.status,
        });
        await first.socket.untilClosed();
        context.must(first.socket.closed?.code === 4001, {
          invariant: "first-let-go",
          expected: 4001,
          observed: first.socket.closed?.code,
        });
        const other = context.random.token();
        third.type(`echo ${other}\n`);
        await third.until(({ text }) => text.includes(other));
        context.must(third.text.includes(other), {
          invariant: "new-client-works",
          expected: other,
          observed: third.text,
        });
        context.must(!first.text.includes(other), {
          invariant: "first-gets-no-more",
          expected: "nothing",
          observed: other,
        });
        context.positive("the one who takes over gets the shell");
      },
    },
    resize: {
      title: "the size of a terminal is the one that was asked for last",
      clauses: ["execd.terminal.resize"],
      async run(context) {
        const execd = await context.execd();
        const client = await attach(execd, await makeTerminal(context, execd), { isPty: true });
        if (client.socket.status === 501) throw new Unverifiable("the daemon has no terminals but pipes");
        const sizeOf = async (): Promise<string | undefined> => {
          const nonce = context.random.token();
          // The typed line is echoed: only the shell joins what is written apart.
          client.type(`echo "[$(stty size)]${nonce.slice(0, 6)}""${nonce.slice(6)}"\n`);
          const pattern = new RegExp(`\\[(\\d+ \\d+)\\]${nonce}`);
          await client.until(({ text }) => pattern.test(text));
          return pattern.exec(client.text)?.[1];
        };
        const before = await sizeOf();
        if (before === undefined || !/^\d+ \d+$/.test(before)) throw new Unverifiable("the sandbox has no stty");
        for (let at = 0; at < 2; at++) {
          const [rows, cols] = [context.random.integer(30, 99), context.random.integer(90, 200)];
          client.send({ type: "resize", cols, rows });
          const after = await sizeOf();
          context.must(after === `${rows} ${cols}`, {
            invariant: "size",
            expected: `${rows} ${cols}`,
            observed: after,
          });
        }
        context.positive("each size came into effect");
        client.send({ type: "resize", cols: 0, rows: 10 });
        const kept = await sizeOf();
        context.must(kept !== "10 0" && kept !== before, {
          invariant: "size-stays",
          expected: "the last size",
          observed: kept,
        });
        context.negative("an invalid size did not");
      },
    },
    readings: {
      title: "what terminals do where nothing is promised",
      clauses: ["X49", "X50", "X51"],
      level: "INFO",
      async run(context) {
        const execd = await context.execd();
        const id = await makeTerminal(context, execd);
        const first = await attach(execd, id);
        const nonce = context.random.token();
        first.type(`echo ${nonce}\n`);
        await first.until(({ text }) => text.includes(nonce));
        context.must(first.text.includes(nonce), {
          clause: "execd.terminal.echo",
          invariant: "bytes-typed",
          expected: nonce,
          observed: first.text,
        });
        context.positive("a terminal works");
        await first.socket.close();
        const back = await attachAgain(context, execd, id, { since: 0 });
        const [place, greeting] = [
          back.socket.messages.findIndex((message) => Buffer.isBuffer(message) && message[0] === 3),
          back.socket.messages.findIndex((message) => typeof message === "string" && message.includes("connected")),
        ];
        context.observe(
          "X49",
          place === -1
            ? "no replay"
            : place < greeting
              ? "the replay precedes the greeting"
              : "the greeting comes first",
        );
        const failed = await execd.call({ method: "POST", path: "/pty", json: { cwd: "/dev/null/none" } });
        context.observe("X50", `status ${statusOf(failed)}, ${textOf(failed).split(/(?<=\})(?=\{)/).length} documents`);
        const directory = `${await scratchDirectory(execd)}/${nonce}`;
        const command = await makeTerminal(context, execd, { cwd: directory });
        back.type(`rmdir ${directory}; echo ${nonce}-gone\n`);
        await back.until(({ text }) => text.includes(`${nonce}-gone`));
        const unstarted = await attach(execd, command);
        context.observe(
          "X51",
          unstarted.frames("connected").length > 0
            ? "it starts elsewhere"
            : `error ${String(unstarted.frames("error")[0]?.["code"])}, close ${unstarted.socket.closed?.code ?? "none"}`,
        );
        const unknown = await execd.call({ method: "GET", path: `/pty/${nonce}` });
        context.must(statusOf(unknown) === 404, {
          clause: "execd.terminal.delete",
          invariant: "gone-is-404",
          expected: 404,
          observed: statusOf(unknown),
        });
        context.negative("one that nobody made is 404");
      },
    },
  },
);
