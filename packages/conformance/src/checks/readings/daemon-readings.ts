import { headerOf, statusOf, textOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { eventRun, linesOf } from "../event-run.js";
import { observedDaemon } from "./daemon-control.js";

/** What the daemon does where nothing is promised (`execd.md` 1, 7, 10). */
export const daemonReadings = checkTopic(
  { part: "execd", topic: "daemon-readings", group: "daemon", capability: "core", level: "INFO" },
  {
    routes: {
      title: "wrong methods, names of requests, absent isolated sessions and what output is written to",
      clauses: ["X46", "X54", "X56", "X58", "execd.isolated.absent"],
      async run(context) {
        const execd = await observedDaemon(context);
        context.observe(
          "X46",
          linesOf(
            await eventRun(execd, "/command", {
              command:
                "if [ -p /dev/stdout ]; then echo a pipe; elif [ -f /dev/stdout ]; then echo a file; else echo something else; fi",
            }),
            "stdout",
          ).join(),
        );
        const isolated = await execd.call({ method: "GET", path: "/v1/isolated/capabilities" });
        context.observe("execd.isolated.absent", statusOf(isolated) === 200 ? "they answer" : "they are absent");
        context.observe("X54", `${statusOf(isolated)} ${headerOf(isolated, "content-type") ?? ""}`.trim());
        context.observe("X56", String(statusOf(await execd.call({ method: "PUT", path: "/command" }))));
        context.observe("X58", headerOf(isolated, "x-request-id") === undefined ? "it does not" : "it does");
      },
    },
    metrics: {
      title: "the pace and the framing of metrics",
      clauses: ["X44", "X45"],
      capability: "metrics",
      depth: "standard",
      startsFirst: true,
      async run(context) {
        const execd = await observedDaemon(context);
        const once = await execd.call({ method: "GET", path: "/metrics" });
        context.observe("X45", `${Math.round(once.endedAtMs)} ms`);
        const watch = execd.open({ method: "GET", path: "/metrics/watch", idleMs: 30_000 });
        const seen = await watch.until((soFar) => soFar.chunks.length >= 2);
        watch.hangUp();
        const [first, second] = seen.chunks;
        context.observe(
          "X44",
          `${Math.round((second?.atMs ?? 0) - (first?.atMs ?? 0))} ms apart, ${textOf(seen).startsWith("data:") ? "as events" : /\n\n/.test(textOf(seen)) ? "with blank lines" : "line by line"}`,
        );
      },
    },
  },
);
