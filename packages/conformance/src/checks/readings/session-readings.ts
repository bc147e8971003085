import { objectOf, statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { eventRun, linesOf, liveRun } from "../event-run.js";
import { openSession, sessionRun } from "../session/open-session.js";
import { observedDaemon } from "./daemon-control.js";

/** What sessions do where nothing is promised (`execd.md` 2.3, 4). */
export const sessionReadings = checkTopic(
  {
    part: "execd",
    topic: "session-readings",
    group: "sessions",
    capability: "sessions",
    level: "INFO",
    depth: "standard",
  },
  {
    sessions: {
      title: "missing directories, markers in output, two runs at once and interrupts of sessions",
      clauses: ["X22", "X23", "X24", "X25"],
      async run(context) {
        const execd = await observedDaemon(context);
        const nonce = context.random.token();
        const made = await execd.call({ method: "POST", path: "/session", json: { cwd: `/tmp/${nonce}` } });
        const { session_id: placed } = objectOf(made);
        if (typeof placed === "string")
          context.defer("session", () => execd.call({ method: "DELETE", path: `/session/${placed}` }));
        const listed = linesOf(
          await eventRun(execd, "/command", {
            command: `ls -d /tmp/${nonce} 2>/dev/null; rmdir /tmp/${nonce} 2>/dev/null; true`,
          }),
          "stdout",
        );
        context.observe("X22", listed.length > 0 ? "it is made" : `status ${statusOf(made)}, and it is not made`);
        const id = await openSession(context, execd);
        const marked = await sessionRun(execd, id, { command: "echo before; echo __EXIT_CODE__:3; echo after" });
        context.observe(
          "X23",
          linesOf(marked, "stdout").some((line) => line.includes("__EXIT_CODE__")) ? "they arrive" : "they vanish",
        );
        const slow = liveRun(execd, `/session/${id}/run`, { command: "export RX=slow; sleep 0.5; echo slow" });
        await slow.started();
        const beside = await eventRun(
          execd,
          `/session/${id}/run`,
          { command: "export RX=fast; echo fast" },
          { toEndOfBody: true },
        );
        await slow.finished();
        const winner = linesOf(await sessionRun(execd, id, { command: "echo $RX" }), "stdout")[0];
        context.observe(
          "X24",
          `the second is ${linesOf(beside, "stdout").includes("fast") ? "run" : "refused"}; the environment is of the ${winner ?? "none"} one`,
        );
        const run = liveRun(execd, `/session/${id}/run`, { command: "echo on; sleep 20" });
        await run.until((soFar) => linesOf(soFar, "stdout").includes("on"));
        const interrupt = await execd.call({ method: "DELETE", path: `/command?id=${id}` });
        run.hangUp();
        const after = await execd.call({ method: "DELETE", path: `/session/${id}` });
        context.observe(
          "X25",
          `the interrupt is ${statusOf(interrupt)}, the session ${statusOf(after) === 404 ? "is gone" : "stays"}`,
        );
      },
    },
  },
);
