import { objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { eventRun, linesOf } from "../event-run.js";
import { awaitState, codeOf, list, metadataQuery, runPair, sandboxPath, UNKNOWN_ID } from "./sandbox-calls.js";

/** Pause and resume (`lifecycle.md` 4 and 6). */
export const pauseChecks = checkTopic(
  { part: "lifecycle", topic: "pause", group: "lifecycle", capability: "pause" },
  {
    "and-resume": {
      title: "a paused sandbox reaches Paused, and a resumed one Running with its files",
      clauses: [
        "lifecycle.pause.paused",
        "lifecycle.resume.running",
        "lifecycle.resume.keeps-files",
        "L10",
        "L40",
        "lifecycle.list.state-filter",
      ],
      async run(context) {
        const { id, execd } = await context.sandbox({ isExclusive: true });
        const nonce = context.random.token();
        const written = await eventRun(execd, "/command", { command: `echo ${nonce} > "\${TMPDIR:-/tmp}/rx-kept"` });
        context.must(written.end?.type === "execution_complete", {
          invariant: "writes-before",
          expected: "execution_complete",
          observed: written.end?.type ?? null,
        });
        const transition = async (): Promise<unknown> =>
          (
            objectOf(await context.lifecycle.call({ method: "GET", path: sandboxPath(id) }))["status"] as
              { readonly lastTransitionAt?: unknown } | undefined
          )?.lastTransitionAt;
        const before = await transition();

        const paused = await context.lifecycle.call({ method: "POST", path: sandboxPath(id, "/pause") });
        context.must(statusOf(paused) === 202, {
          invariant: "pause-is-202",
          expected: 202,
          observed: statusOf(paused),
        });
        const state = await awaitState(context, id, ["Paused"]);
        context.must(state === "Paused", { invariant: "reaches-paused", expected: "Paused", observed: state ?? null });
        context.positive("pause leads to Paused");
        const [key, value] = runPair(context);
        const listed = await list(context, `${metadataQuery({ [key]: value })}&state=Paused`);
        context.must(listed.ids.includes(id), {
          clause: "lifecycle.list.state-filter",
          invariant: "paused-found",
          expected: [id],
          observed: listed.ids,
        });
        context.observe(
          "L40",
          (await transition()) === before
            ? "the time of the last transition did not move"
            : "the time of the last transition moved",
        );

        const again = await context.lifecycle.call({ method: "POST", path: sandboxPath(id, "/pause") });
        const resumed = await context.lifecycle.call({ method: "POST", path: sandboxPath(id, "/resume") });
        context.must(statusOf(resumed) === 202, {
          clause: "lifecycle.resume.running",
          invariant: "resume-is-202",
          expected: 202,
          observed: statusOf(resumed),
        });
        const running = await awaitState(context, id, ["Running"]);
        context.must(running === "Running", {
          clause: "lifecycle.resume.running",
          invariant: "reaches-running",
          expected: "Running",
          observed: running ?? null,
        });
        const read = await eventRun(execd, "/command", {
          command: `cat "\${TMPDIR:-/tmp}/rx-kept"; cat "\${TMPDIR:-/tmp}/rx-never" 2>/dev/null || echo none`,
        });
        context.must(linesOf(read, "stdout").join() === `${nonce},none`, {
          clause: "lifecycle.resume.keeps-files",
          invariant: "files-kept",
          expected: [nonce, "none"],
          observed: linesOf(read, "stdout"),
        });
        context.negative("after the resume the file is there, and another is not");
        context.must(statusOf(again) === 409 && codeOf(again) !== undefined, {
          clause: "L10",
          invariant: "second-pause-is-409",
          expected: 409,
          observed: [statusOf(again), textOf(again).slice(0, 100)],
        });
      },
    },
    "resume-not-paused": {
      title: "resuming what is not paused is 409, and changes nothing",
      clauses: ["lifecycle.resume.not-paused"],
      async run(context) {
        const { id, execd } = await context.sandbox();
        const answer = await context.lifecycle.call({ method: "POST", path: sandboxPath(id, "/resume") });
        context.must(statusOf(answer) === 409, {
          invariant: "resume-running-is-409",
          expected: 409,
          observed: statusOf(answer),
        });
        context.must(codeOf(answer) !== undefined, {
          clause: "lifecycle.errors.envelope",
          invariant: "error-envelope",
          expected: "code and message",
          observed: textOf(answer).slice(0, 100),
        });
        context.negative("it is 409");
        const ping = await execd.call({ method: "GET", path: "/ping" });
        context.must(statusOf(ping) === 200 && (await awaitState(context, id, ["Running"])) === "Running", {
          invariant: "still-running",
          expected: "Running",
          observed: statusOf(ping),
        });
        context.positive("the sandbox still runs");
      },
    },
    unknown: {
      title: "pausing and resuming what does not exist is 404",
      clauses: ["lifecycle.pause.unknown"],
      async run(context) {
        for (const verb of ["/pause", "/resume"]) {
          const answer = await context.lifecycle.call({ method: "POST", path: sandboxPath(UNKNOWN_ID, verb) });
          context.must(statusOf(answer) === 404, {
            invariant: "unknown-is-404",
            expected: 404,
            observed: [verb, statusOf(answer)],
          });
        }
        context.negative("both are 404");
        const { id } = await context.sandbox();
        const known = await context.lifecycle.call({ method: "POST", path: sandboxPath(id, "/resume") });
        context.must(statusOf(known) !== 404, {
          invariant: "known-is-not-404",
          expected: "another status",
          observed: statusOf(known),
        });
        context.positive("for a known sandbox they are not");
      },
    },
    freezes: {
      title: "what processes do while their sandbox is paused is observed",
      clauses: ["lifecycle.pause.freezes"],
      level: "INFO",
      depth: "full",
      async run(context) {
        const { id, execd } = await context.sandbox({ isExclusive: true });
        const started = await eventRun(execd, "/command", {
          command: `i=0; while [ $i -lt 600 ]; do echo $i; i=$((i+1)); sleep 0.05; done > "\${TMPDIR:-/tmp}/rx-count"`,
          background: true,
        });
        context.must(started.end?.type === "execution_complete", {
          invariant: "starts",
          observed: started.end?.type ?? null,
        });
        const count = async (): Promise<number> =>
          Number(
            linesOf(
              await eventRun(execd, "/command", { command: `tail -n 1 "\${TMPDIR:-/tmp}/rx-count"` }),
              "stdout",
            )[0],
          );
        const moving = [await count(), (await context.pause(300), await count())];
        context.must((moving[1] ?? 0) > (moving[0] ?? 0), { invariant: "counts-before", observed: moving });
        context.positive("it counts while running");
        await context.lifecycle.call({ method: "POST", path: sandboxPath(id, "/pause") });
        await awaitState(context, id, ["Paused"]);
        await context.pause(2_000);
        await context.lifecycle.call({ method: "POST", path: sandboxPath(id, "/resume") });
        await awaitState(context, id, ["Running"]);
        const after = await count();
        context.observe(
          "lifecycle.pause.freezes",
          Number.isFinite(after)
            ? after - (moving[1] ?? 0) < 30
              ? "processes stood still"
              : "processes went on"
            : "processes did not survive",
        );
        context.negative("what was counted before and after was compared");
      },
    },
  },
);
