import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { jsonOf, objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { scratchDirectory } from "../scratch-directory.js";
import { eventRun, linesOf } from "../event-run.js";
import { download, upload } from "./upload-form.js";

interface FileInfo {
  readonly path?: string;
  readonly type?: string;
  readonly size?: number;
  readonly mode?: number;
  readonly owner?: string;
  readonly modified_at?: string;
}

const query = (name: string, values: readonly string[]): string =>
  values.map((value) => `${name}=${encodeURIComponent(value)}`).join("&");

async function infoOf(execd: Endpoint, path: string): Promise<FileInfo | undefined> {
  return objectOf(await execd.call({ method: "GET", path: `/files/info?${query("path", [path])}` }))[path] as
    FileInfo | undefined;
}

async function exists(execd: Endpoint, path: string): Promise<boolean> {
  return (await eventRun(execd, "/command", { command: `test -e '${path}'` })).end?.type === "execution_complete";
}

async function expectStatus(
  context: CheckContext,
  execd: Endpoint,
  status: number,
  invariant: string,
  request: { readonly method: string; readonly path: string; readonly json?: unknown },
): Promise<void> {
  const answer = await execd.call(request);
  context.must(statusOf(answer) === status, { invariant, expected: status, observed: statusOf(answer) });
}

/** Files and directories as a tree (`execd.md` 6). */
export const treeChecks = checkTopic(
  { part: "execd", topic: "files-tree", group: "files", capability: "files" },
  {
    info: {
      title:
        "information on files has path, type, size, mode and time, keyed by what was asked; what is missing is 404",
      clauses: ["execd.files.info", "execd.files.info-missing"],
      async run(context) {
        const execd = await context.execd();
        const root = `${await scratchDirectory(execd)}/${context.random.token()}`;
        await upload(context, execd, [{ path: `${root}/a ü.txt`, content: "12345", mode: 640 }]);
        const answer = objectOf(
          await execd.call({ method: "GET", path: `/files/info?${query("path", [`${root}/a ü.txt`, root])}` }),
        ) as Readonly<Record<string, FileInfo>>;
        const file = answer[`${root}/a ü.txt`];
        context.must(file?.type === "file" && file.size === 5 && file.mode === 640, {
          invariant: "file-info",
          expected: { type: "file", size: 5, mode: 640 },
          observed: file,
        });
        context.must(answer[root]?.type === "directory", {
          invariant: "directory-info",
          expected: "directory",
          observed: answer[root],
        });
        context.must(Math.abs(Date.parse(file?.modified_at ?? "") - Date.now()) < 86_400_000, {
          invariant: "modified-at",
          expected: "a time of today",
          observed: file?.modified_at,
        });
        context.positive("both are told");
        await expectStatus(context, execd, 404, "missing-is-404", {
          method: "GET",
          path: `/files/info?${query("path", [`${root}/none`])}`,
        });
        context.negative("what is missing is 404");
      },
    },
    delete: {
      title: "a deleted file is gone, deleting it again is not an error, and a directory is refused",
      clauses: ["execd.files.delete", "execd.files.delete-directory"],
      async run(context) {
        const execd = await context.execd();
        const root = `${await scratchDirectory(execd)}/${context.random.token()}`;
        await upload(
          context,
          execd,
          ["a", "b", "c"].map((name) => ({ path: `${root}/${name}`, content: name })),
        );
        const path = `/files?${query("path", [`${root}/a`, `${root}/b`])}`;
        await expectStatus(context, execd, 200, "deleted", { method: "DELETE", path });
        context.must(!(await exists(execd, `${root}/a`)) && !(await exists(execd, `${root}/b`)), {
          invariant: "gone",
          expected: "both gone",
          observed: "one is there",
        });
        context.positive("both are gone");
        await expectStatus(context, execd, 200, "again-is-no-error", { method: "DELETE", path });
        const refused = await execd.call({ method: "DELETE", path: `/files?${query("path", [root])}` });
        context.must(statusOf(refused) >= 400 && (await exists(execd, `${root}/c`)), {
          clause: "execd.files.delete-directory",
          invariant: "directory-refused",
          expected: "refused, and still there",
          observed: statusOf(refused),
        });
        context.negative("what was not named is there, and a directory is refused");
      },
    },
    permissions: {
      title: "permissions are set as octal digits and read back",
      clauses: ["execd.files.permissions"],
      async run(context) {
        const execd = await context.execd();
        const root = `${await scratchDirectory(execd)}/${context.random.token()}`;
        await upload(context, execd, [
          { path: `${root}/a`, content: "x", mode: 644 },
          { path: `${root}/b`, content: "x", mode: 644 },
        ]);
        for (const mode of [600, 755, 444, 640]) {
          await expectStatus(context, execd, 200, "accepted", {
            method: "POST",
            path: "/files/permissions",
            json: { [`${root}/a`]: { mode } },
          });
          const run = await eventRun(execd, "/command", { command: `stat -c %a ${root}/a` });
          context.must(linesOf(run, "stdout").join() === String(mode), {
            invariant: "mode-set",
            expected: mode,
            observed: linesOf(run, "stdout"),
          });
          context.must((await infoOf(execd, `${root}/a`))?.mode === mode, {
            invariant: "mode-read",
            expected: mode,
            observed: await infoOf(execd, `${root}/a`),
          });
        }
        context.positive("four modes were set and read");
        context.must((await infoOf(execd, `${root}/b`))?.mode === 644, {
          invariant: "others-stay",
          expected: 644,
          observed: await infoOf(execd, `${root}/b`),
        });
        const missing = await execd.call({
          method: "POST",
          path: "/files/permissions",
          json: { [`${root}/none`]: { mode: 600 } },
        });
        context.must(statusOf(missing) >= 400, {
          invariant: "missing-refused",
          expected: "4xx or 5xx",
          observed: statusOf(missing),
        });
        context.observe("X33", String(statusOf(missing)));
        context.negative("another file keeps its own, and a missing one is refused");
      },
    },
    move: {
      title: "a moved file is at its destination with its content; a missing source is 404 and nothing is overwritten",
      clauses: ["execd.files.mv", "execd.files.mv-missing"],
      async run(context) {
        const execd = await context.execd();
        const root = `${await scratchDirectory(execd)}/${context.random.token()}`;
        const nonce = context.random.token();
        await upload(context, execd, [
          { path: `${root}/a`, content: nonce },
          { path: `${root}/b`, content: "other" },
        ]);
        await expectStatus(context, execd, 200, "moved", {
          method: "POST",
          path: "/files/mv",
          json: [{ src: `${root}/a`, dest: `${root}/c ü` }],
        });
        context.must(textOf(await download(execd, `${root}/c ü`)) === nonce, {
          invariant: "at-destination",
          expected: nonce,
          observed: "another content",
        });
        context.must(!(await exists(execd, `${root}/a`)), {
          invariant: "not-at-source",
          expected: "gone",
          observed: "there",
        });
        context.positive("it is there and no longer here");
        await expectStatus(context, execd, 404, "missing-is-404", {
          method: "POST",
          path: "/files/mv",
          json: [{ src: `${root}/none`, dest: `${root}/d` }],
        });
        const over = await execd.call({
          method: "POST",
          path: "/files/mv",
          json: [{ src: `${root}/c ü`, dest: `${root}/b` }],
        });
        context.must(statusOf(over) >= 400 && textOf(await download(execd, `${root}/b`)) === "other", {
          invariant: "nothing-overwritten",
          expected: "refused",
          observed: statusOf(over),
        });
        context.negative("a missing source and a taken destination are refused");
      },
    },
    search: {
      title: "a search finds the files whose names match, at any depth, and no others; a missing directory is 404",
      clauses: ["execd.files.search", "execd.files.search-missing", "X31"],
      async run(context) {
        const execd = await context.execd();
        const root = `${await scratchDirectory(execd)}/${context.random.token()}`;
        const paths = ["a.txt", "b.md", "sub/c.txt", "sub/deep/d.txt", "sub/txt"];
        await upload(
          context,
          execd,
          paths.map((path) => ({ path: `${root}/${path}`, content: path })),
        );
        const find = async (pattern?: string): Promise<readonly string[]> => {
          const answer = await execd.call({
            method: "GET",
            path: `/files/search?${query("path", [root])}${pattern === undefined ? "" : `&${query("pattern", [pattern])}`}`,
          });
          const found = jsonOf(answer);
          context.must(statusOf(answer) === 200 && Array.isArray(found), {
            invariant: "answered",
            expected: "200 and a list",
            observed: statusOf(answer),
          });
          return (found as readonly FileInfo[]).map(({ path = "" }) => path.slice(root.length + 1)).sort();
        };
        const texts = await find("*.txt");
        context.must(texts.join() === "a.txt,sub/c.txt,sub/deep/d.txt", {
          invariant: "matches",
          expected: ["a.txt", "sub/c.txt", "sub/deep/d.txt"],
          observed: texts,
        });
        const all = await find();
        context.must(all.join() === [...paths].sort().join(), {
          invariant: "everything",
          expected: paths,
          observed: all,
        });
        context.positive("the matching files were found, and all without a pattern");
        const none = await find(`*.${context.random.token(5)}`);
        context.must(none.length === 0, { invariant: "nothing-else", expected: [], observed: none });
        await expectStatus(context, execd, 404, "missing-is-404", {
          method: "GET",
          path: `/files/search?${query("path", [`${root}/none`])}`,
        });
        context.negative("no other was, and a missing directory is 404");
        context.observe("X31", (await find("sub/**/*.txt")).length === 0 ? "the name" : "the path");
      },
    },
    replace: {
      title: "every occurrence of a text is replaced and counted, and nothing else is touched",
      clauses: ["execd.files.replace", "execd.files.replace-count", "execd.files.replace-empty"],
      async run(context) {
        const execd = await context.execd();
        const root = `${await scratchDirectory(execd)}/${context.random.token()}`;
        const files = { none: "nothing here", one: "say $& one", many: "one one\none üone" } as const;
        await upload(
          context,
          execd,
          Object.entries(files).map(([name, content]) => ({ path: `${root}/${name}`, content, mode: 640 })),
        );
        const json = Object.fromEntries(
          Object.keys(files).map((name) => [`${root}/${name}`, { old: "one", new: "$1\\two" }]),
        );
        const counted = objectOf(
          await execd.call({ method: "POST", path: "/files/replace?verbose=true", json }),
        ) as Readonly<Record<string, { readonly replacedCount?: number }>>;
        for (const [name, content] of Object.entries(files)) {
          const expected = content.replaceAll("one", () => "$1\\two");
          const seen = textOf(await download(execd, `${root}/${name}`));
          context.must(seen === expected, { invariant: "replaced", expected, observed: seen });
          const count = content.split("one").length - 1;
          context.must(counted[`${root}/${name}`]?.replacedCount === count, {
            clause: "execd.files.replace-count",
            invariant: "count",
            expected: count,
            observed: counted[`${root}/${name}`],
          });
        }
        context.positive("the texts and counts are right");
        context.must((await infoOf(execd, `${root}/many`))?.mode === 640, {
          invariant: "mode-stays",
          expected: 640,
          observed: await infoOf(execd, `${root}/many`),
        });
        await expectStatus(context, execd, 404, "missing-is-404", {
          method: "POST",
          path: "/files/replace",
          json: { [`${root}/no`]: { old: "a", new: "b" } },
        });
        const empty = await execd.call({
          method: "POST",
          path: "/files/replace",
          json: { [`${root}/one`]: { old: "", new: "b" } },
        });
        context.must(statusOf(empty) === 400, {
          clause: "execd.files.replace-empty",
          invariant: "empty-refused",
          expected: 400,
          observed: statusOf(empty),
        });
        context.negative("an empty text and a missing file are refused");
      },
    },
    directories: {
      title: "directories are made with parents, listed to a depth, and deleted with what is in them",
      clauses: [
        "execd.directories.create",
        "execd.directories.list",
        "execd.directories.delete",
        "execd.directories.list-errors",
      ],
      async run(context) {
        const execd = await context.execd();
        const root = `${await scratchDirectory(execd)}/${context.random.token()}`;
        for (const time of ["first", "again"])
          await expectStatus(context, execd, 200, `made-${time}`, {
            method: "POST",
            path: "/directories",
            json: { [`${root}/x/y`]: { mode: 750 } },
          });
        context.must((await infoOf(execd, `${root}/x/y`))?.mode === 750, {
          invariant: "mode",
          expected: 750,
          observed: await infoOf(execd, `${root}/x/y`),
        });
        await upload(context, execd, [
          { path: `${root}/x/y/f.txt`, content: "1" },
          { path: `${root}/a.txt`, content: "2" },
        ]);
        const list = async (depth: string): Promise<readonly string[]> => {
          const answer = jsonOf(
            await execd.call({ method: "GET", path: `/directories/list?${query("path", [root])}${depth}` }),
          );
          return Array.isArray(answer)
            ? (answer as readonly FileInfo[]).map(({ path = "" }) => path.slice(root.length + 1)).sort()
            : ["no list"];
        };
        const [one, three] = [await list(""), await list("&depth=3")];
        context.must(one.join() === "a.txt,x", {
          clause: "execd.directories.list",
          invariant: "entries",
          expected: ["a.txt", "x"],
          observed: one,
        });
        context.must(three.join() === "a.txt,x,x/y,x/y/f.txt", {
          clause: "execd.directories.list",
          invariant: "depth",
          expected: ["a.txt", "x", "x/y", "x/y/f.txt"],
          observed: three,
        });
        context.positive("they are made and listed");
        await expectStatus(context, execd, 404, "missing-is-404", {
          method: "GET",
          path: `/directories/list?${query("path", [`${root}/none`])}`,
        });
        const file = await execd.call({ method: "GET", path: `/directories/list?${query("path", [`${root}/a.txt`])}` });
        context.must(statusOf(file) === 400, {
          clause: "execd.directories.list-errors",
          invariant: "file-is-400",
          expected: 400,
          observed: statusOf(file),
        });
        await expectStatus(context, execd, 200, "deleted", {
          method: "DELETE",
          path: `/directories?${query("path", [`${root}/x`])}`,
        });
        context.must(!(await exists(execd, `${root}/x`)) && (await exists(execd, `${root}/a.txt`)), {
          clause: "execd.directories.delete",
          invariant: "gone-with-content",
          expected: "x gone, a.txt there",
          observed: await list("&depth=3"),
        });
        context.negative(
          "what is missing or no directory is refused; one that is deleted is gone and its neighbour there",
        );
      },
    },
  },
);
