import assert from "node:assert/strict";
import { stdoutText, type Sandbox } from "@rxsandbox/client";
import { concat, from, map, reduce, switchMap, tap, type Observable } from "rxjs";
import { expectError } from "./expect-error.js";
import { expectValue } from "./expect-value.js";
import type { OwnContext, OwnScenario } from "./own-scenario.js";

/** Behaviours 19 to 24: files. */
export const ownFileScenarios: readonly OwnScenario[] = [
  {
    number: 19,
    name: "directories with modes, info by path, search by glob, listing",
    run: (context) =>
      inDirectory(context, ({ files }, root) =>
        concat(
          files.createDirectories([
            { path: `${root}/a`, mode: 755 },
            { path: `${root}/b/c`, mode: 700 },
          ]),
          files.writeFiles([
            { path: `${root}/a/one.txt`, data: "1" },
            { path: `${root}/b/c/two.txt`, data: "22" },
            { path: `${root}/b/c/three.md`, data: "333" },
          ]),
          files.getFileInfo([`${root}/a`, `${root}/b/c`, `${root}/b/c/two.txt`]).pipe(
            tap((info) => {
              assert.deepEqual(
                [info[`${root}/a`]?.mode, info[`${root}/b/c`]?.mode, info[`${root}/b/c/two.txt`]?.size],
                [755, 700, 2],
              );
              assert.ok(info[`${root}/b/c/two.txt`]?.modifiedAt instanceof Date);
            }),
          ),
          expectValue(files.search({ path: root, pattern: "*.txt" }).pipe(map(pathsOf)), [
            `${root}/a/one.txt`,
            `${root}/b/c/two.txt`,
          ]),
          expectValue(files.listDirectory({ path: root }).pipe(map(pathsOf)), [`${root}/a`, `${root}/b`]),
        ),
      ),
  },
  {
    number: 20,
    name: "text and bytes are written with owner, group and mode, overwritten, and keep UTF-8",
    run: (context) =>
      inDirectory(context, (sandbox, root) => {
        const { files, commands } = sandbox;
        const text = "Grüße, 世界 🌍\nsecond line\n";
        const bytes = Uint8Array.from({ length: 1024 }, (_, index) => index % 256);
        return ownerOf(sandbox).pipe(
          switchMap(([owner, group]) =>
            concat(
              files.writeFiles([
                {
                  path: `${root}/text.txt`,
                  data: "first version, longer than the second one: ".repeat(9),
                  mode: 644,
                  owner,
                  group,
                },
                { path: `${root}/deep/bytes.bin`, data: bytes, mode: 600 },
              ]),
              files.writeFiles([{ path: `${root}/text.txt`, data: text }]),
              expectValue(files.readFile(`${root}/text.txt`), text),
              expectValue(files.readBytes(`${root}/deep/bytes.bin`).pipe(map((read) => Uint8Array.from(read))), bytes),
              files.getFileInfo([`${root}/text.txt`, `${root}/deep/bytes.bin`]).pipe(
                tap((info) => {
                  const written = info[`${root}/text.txt`];
                  assert.deepEqual(
                    [written?.mode, written?.owner, written?.group, info[`${root}/deep/bytes.bin`]?.mode],
                    [644, owner, group, 600],
                  );
                }),
              ),
              expectValue(commands.run(`cat ${root}/text.txt`).pipe(stdoutText()), text),
              files.writeFiles([
                { path: `${root}/streamed.bin`, data: from([bytes.subarray(0, 100), bytes.subarray(100)]) },
              ]),
              expectValue(files.readBytes(`${root}/streamed.bin`).pipe(map(({ length }) => length)), bytes.length),
            ),
          ),
        );
      }),
  },
  {
    number: 21,
    name: "text, bytes and streams are read, whole, by byte range and by lines",
    run: (context) =>
      inDirectory(context, ({ files }, root) => {
        const path = `${root}/numbers.txt`;
        const text = `${Array.from({ length: 100 }, (_, index) => `line ${index + 1}`).join("\n")}\n`;
        const decoder = new TextDecoder();
        return concat(
          files.writeFiles([{ path, data: text }]),
          expectValue(files.readFile(path), text),
          expectValue(files.readFile(path, { range: { start: 0, length: 10 } }), text.slice(0, 10)),
          expectValue(files.readFile(path, { offset: 3, limit: 2 }), "line 3\nline 4"),
          expectValue(
            files
              .readBytesStream(path)
              .pipe(reduce((read, chunk) => read + decoder.decode(chunk, { stream: true }), "")),
            text,
          ),
        );
      }),
  },
  {
    number: 22,
    name: "replace tells the count of each path; plain replace emits nothing but its end",
    run: (context) =>
      inDirectory(context, ({ files }, root) => {
        const entries = [0, 1, 2].map((index) => ({
          path: `${root}/${index}`,
          oldContent: "one ",
          newContent: "two ",
        }));
        return concat(
          files.writeFiles(["none", "one", "one one one"].map((data, index) => ({ path: `${root}/${index}`, data }))),
          expectValue(
            files
              .replaceContentsDetailed(entries)
              .pipe(map((counts) => counts.map(({ replacedCount }) => replacedCount).sort())),
            [0, 0, 2],
          ),
          expectValue(files.readFile(`${root}/2`), "two two one"),
          expectValue(files.replaceContents([{ path: `${root}/1`, oldContent: "one", newContent: "1" }]), undefined),
          expectValue(files.readFile(`${root}/1`), "1"),
        );
      }),
  },
  {
    number: 23,
    name: "files are moved and deleted, directories deleted; reading a deleted file is an error",
    run: (context) =>
      inDirectory(context, ({ files }, root) =>
        concat(
          files.writeFiles([{ path: `${root}/old.txt`, data: "moved" }]),
          files.moveFiles([{ src: `${root}/old.txt`, dest: `${root}/new.txt` }]),
          expectValue(files.readFile(`${root}/new.txt`), "moved"),
          files.deleteFiles([`${root}/new.txt`]),
          expectError(() => files.readFile(`${root}/new.txt`), "not-found"),
          files.createDirectories([{ path: `${root}/d/e` }]),
          files.deleteDirectories([`${root}/d`]),
          expectError(() => files.getFileInfo([`${root}/d`]), "not-found"),
        ),
      ),
  },
  {
    number: 24,
    name: "permissions are set, owner and group included, and read back",
    run: (context) =>
      inDirectory(context, (sandbox, root) => {
        const path = `${root}/script.sh`;
        const { files, commands } = sandbox;
        return ownerOf(sandbox).pipe(
          switchMap(([owner, group]) =>
            concat(
              files.writeFiles([{ path, data: "#!/bin/sh\necho ran\n", mode: 644 }]),
              files.setPermissions([{ path, mode: 755, owner, group }]),
              expectValue(
                files.getFileInfo([path]).pipe(map((info) => [info[path]?.mode, info[path]?.owner, info[path]?.group])),
                [755, owner, group],
              ),
              expectValue(commands.run(path).pipe(stdoutText()), "ran\n"),
            ),
          ),
        );
      }),
  },
];

/** A sandbox with a new directory, wherever its temporary files live. */
function inDirectory(
  context: OwnContext,
  project: (sandbox: Sandbox, root: string) => Observable<unknown>,
): Observable<unknown> {
  return context.inSandbox((sandbox) =>
    sandbox.commands.run("mktemp -d").pipe(
      stdoutText(),
      switchMap((path) => project(sandbox, path.trim())),
    ),
  );
}

/** User and group that own what the sandbox writes. */
function ownerOf({ commands }: Sandbox): Observable<readonly [string, string]> {
  return commands.run("id -un; id -gn").pipe(
    stdoutText(),
    map((text) => {
      const [owner = "", group = ""] = text.split("\n");
      return [owner, group] as const;
    }),
  );
}

function pathsOf(infos: readonly { readonly path: string }[]): string[] {
  return infos.map(({ path }) => path).sort();
}
