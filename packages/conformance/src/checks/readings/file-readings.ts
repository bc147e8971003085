import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { headerOf, objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { eventRun, linesOf } from "../event-run.js";
import { observedDaemon } from "./daemon-control.js";

async function shell(execd: Endpoint, command: string): Promise<string> {
  return linesOf(await eventRun(execd, "/command", { command }), "stdout").join("\n");
}

/** A directory of the check's own, removed after it. */
async function scratch(context: CheckContext, execd: Endpoint): Promise<string> {
  const directory = `/tmp/rx-${context.random.token()}`;
  await shell(execd, `mkdir -p ${directory}`);
  context.defer("directory", () => shell(execd, `rm -rf ${directory}`));
  return directory;
}

async function info(execd: Endpoint, path: string): Promise<Readonly<Record<string, unknown>>> {
  return (objectOf(await execd.call({ method: "GET", path: `/files/info?path=${path}` }))[path] ?? {}) as Readonly<
    Record<string, unknown>
  >;
}

/** What files do where nothing is promised (`execd.md` 6). */
export const fileReadings = checkTopic(
  { part: "execd", topic: "file-readings", group: "files", capability: "files", level: "INFO" },
  {
    changes: {
      title: "parents of a move, owners, times, links, modes of what exists, half-done batches and variables in paths",
      clauses: ["X32", "X33", "X34", "X36", "X37", "X38", "X47", "X57"],
      async run(context) {
        const execd = await observedDaemon(context);
        const at = await scratch(context, execd);
        await shell(execd, `cd ${at}; echo a > a; echo b > b; ln -s nowhere dangling; mkdir d; chmod 755 d`);
        const moved = await execd.call({
          method: "POST",
          path: "/files/mv",
          json: [{ src: `${at}/b`, dest: `${at}/x/y/b` }],
        });
        context.observe("X32", statusOf(moved) === 200 ? "they are made" : `refused with ${statusOf(moved)}`);
        const missing = await execd.call({
          method: "POST",
          path: "/files/permissions",
          json: { [`${at}/none`]: { mode: 644 } },
        });
        context.observe("X33", String(statusOf(missing)));
        const before = (await info(execd, `${at}/a`))["created_at"];
        await execd.call({ method: "POST", path: "/files/permissions", json: { [`${at}/a`]: { mode: 600 } } });
        const after = (await info(execd, `${at}/a`))["created_at"];
        context.observe("X34", before === after ? "it stays" : "it moves");
        const removed = await execd.call({ method: "DELETE", path: `/files?path=${at}/dangling` });
        const isThere = (await shell(execd, `[ -L ${at}/dangling ] && echo there; true`)) === "there";
        context.observe("X36", `${statusOf(removed)}, and ${isThere ? "it stays" : "it is gone"}`);
        const numeric = await execd.call({
          method: "POST",
          path: "/files/permissions",
          json: { [`${at}/a`]: { owner: "0", group: "0" } },
        });
        context.observe("X37", statusOf(numeric) === 200 ? "they may be" : `refused with ${statusOf(numeric)}`);
        await execd.call({ method: "POST", path: "/directories", json: { [`${at}/d`]: { mode: 700 } } });
        context.observe("X38", (await info(execd, `${at}/d`))["mode"] === 700 ? "they change" : "they stay");
        const batch = await execd.call({
          method: "POST",
          path: "/files/permissions",
          json: { [`${at}/a`]: { mode: 640 }, [`${at}/none`]: { mode: 640 } },
        });
        context.observe(
          "X47",
          `${statusOf(batch)}, and the mode of the other is ${String((await info(execd, `${at}/a`))["mode"])}`,
        );
        const expanded = await execd.call({ method: "GET", path: "/files/info?path=$HOME" });
        context.observe("X57", statusOf(expanded) === 200 ? "they do" : `status ${statusOf(expanded)}`);
      },
    },
    downloads: {
      title: "several ranges, terminators of line windows, and downloads of directories",
      clauses: ["X41", "X42", "X43"],
      async run(context) {
        const execd = await observedDaemon(context);
        const at = await scratch(context, execd);
        await shell(execd, `printf '0123456789\\r\\nsecond\\r\\nthird\\n' > ${at}/a`);
        const ranges = await execd.call({
          method: "GET",
          path: `/files/download?path=${at}/a`,
          headers: { Range: "bytes=0-1,4-5" },
        });
        context.observe(
          "X41",
          `${statusOf(ranges)} ${headerOf(ranges, "content-type")?.split(";")[0] ?? ""}`,
          textOf(ranges).slice(0, 40),
        );
        const window = await execd.call({ method: "GET", path: `/files/download?path=${at}/a&offset=1&limit=2` });
        context.observe("X42", textOf(window).includes("\r") ? "kept" : "stripped", textOf(window).slice(0, 40));
        const directory = await execd.open({ method: "GET", path: `/files/download?path=${at}` }).finished;
        context.observe("X43", `${statusOf(directory)} (${directory.end})`, headerOf(directory, "content-length"));
      },
    },
  },
);
