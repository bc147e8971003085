import assert from "node:assert/strict";
import type { Scenario, SdkSandbox } from "../scenario.js";
import { rejection } from "./rejection.js";

/** Behaviours 19 to 24: files. */
export const fileScenarios: readonly Scenario[] = [
  {
    number: 19,
    name: "directories with modes, info by path, search by glob, listing",
    run: async ({ create }) => {
      const sandbox = await create();
      const { files } = sandbox;
      const root = await scratchDirectory(sandbox);
      await files.createDirectories([
        { path: `${root}/a`, mode: 755 },
        { path: `${root}/b/c`, mode: 700 },
      ]);
      await files.writeFiles([
        { path: `${root}/a/one.txt`, data: "1" },
        { path: `${root}/b/c/two.txt`, data: "22" },
        { path: `${root}/b/c/three.md`, data: "333" },
      ]);
      const info = await files.getFileInfo([`${root}/a`, `${root}/b/c`, `${root}/b/c/two.txt`]);
      assert.equal(info[`${root}/a`]?.mode, 755);
      assert.equal(info[`${root}/b/c`]?.mode, 700);
      assert.equal(info[`${root}/a`]?.type, "directory");
      assert.equal(info[`${root}/b/c/two.txt`]?.size, 2);
      assert.ok(info[`${root}/b/c/two.txt`]?.modifiedAt instanceof Date);

      const found = await files.search({ path: root, pattern: "*.txt" });
      assert.deepEqual(found.map(({ path }) => path).sort(), [`${root}/a/one.txt`, `${root}/b/c/two.txt`]);
      const listed = await files.listDirectory({ path: root });
      assert.deepEqual(
        listed.map(({ path }) => path),
        [`${root}/a`, `${root}/b`],
      );
    },
  },
  {
    number: 20,
    name: "text and bytes are written with owner, group and mode, overwritten, and keep UTF-8",
    run: async ({ create }) => {
      const sandbox = await create();
      const { files, commands } = sandbox;
      const root = await scratchDirectory(sandbox);
      const [owner = "", group = ""] = (await commands.run("id -un; id -gn")).logs.stdout.map(({ text }) => text);
      const text = "Grüße, 世界 🌍\nsecond line\n";
      const bytes = Uint8Array.from({ length: 1024 }, (_, index) => index % 256);
      await files.writeFiles([
        {
          path: `${root}/text.txt`,
          data: "first version, longer than the second one: ".repeat(9),
          mode: 644,
          owner,
          group,
        },
        { path: `${root}/deep/bytes.bin`, data: bytes, mode: 600 },
      ]);
      await files.writeFiles([{ path: `${root}/text.txt`, data: text }]);
      assert.equal(await files.readFile(`${root}/text.txt`), text);
      assert.deepEqual(Uint8Array.from(await files.readBytes(`${root}/deep/bytes.bin`)), bytes);
      const info = await files.getFileInfo([`${root}/text.txt`, `${root}/deep/bytes.bin`]);
      assert.equal(info[`${root}/text.txt`]?.mode, 644);
      assert.equal(info[`${root}/text.txt`]?.owner, owner);
      assert.equal(info[`${root}/text.txt`]?.group, group);
      assert.equal(info[`${root}/deep/bytes.bin`]?.mode, 600);
      assert.equal((await commands.run(`cat ${root}/text.txt`)).logs.stdout[0]?.text, "Grüße, 世界 🌍");

      const upload = async function* (): AsyncGenerator<Uint8Array> {
        yield bytes.subarray(0, 100);
        yield bytes.subarray(100);
      };
      await files.writeFiles([{ path: `${root}/streamed.bin`, data: upload() }]);
      assert.equal((await files.readBytes(`${root}/streamed.bin`)).length, bytes.length);
    },
  },
  {
    number: 21,
    name: "text, bytes and streams are read, whole, by byte range and by lines",
    run: async ({ create }) => {
      const sandbox = await create();
      const { files } = sandbox;
      const path = `${await scratchDirectory(sandbox)}/numbers.txt`;
      const lines = Array.from({ length: 100 }, (_, index) => `line ${index + 1}`);
      const text = `${lines.join("\n")}\n`;
      await files.writeFiles([{ path, data: text }]);
      assert.equal(await files.readFile(path), text);
      assert.equal(await files.readFile(path, { range: "bytes=0-9" }), text.slice(0, 10));
      assert.equal(await files.readFile(path, { offset: 3, limit: 2 }), "line 3\nline 4");
      let streamed = "";
      for await (const chunk of files.readBytesStream(path)) streamed += new TextDecoder().decode(chunk);
      assert.equal(streamed, text);
    },
  },
  {
    number: 22,
    name: "replace tells the count of each path; plain replace returns nothing",
    run: async ({ create }) => {
      const sandbox = await create();
      const { files } = sandbox;
      const root = await scratchDirectory(sandbox);
      await files.writeFiles(["none", "one", "one one one"].map((data, index) => ({ path: `${root}/${index}`, data })));
      const entries = [0, 1, 2].map((index) => ({ path: `${root}/${index}`, oldContent: "one ", newContent: "two " }));
      const counts = await files.replaceContentsDetailed(entries);
      assert.deepEqual(counts.map(({ replacedCount }) => replacedCount).sort(), [0, 0, 2]);
      assert.equal(await files.readFile(`${root}/2`), "two two one");
      assert.equal(await files.replaceContents([{ path: `${root}/1`, oldContent: "one", newContent: "1" }]), undefined);
      assert.equal(await files.readFile(`${root}/1`), "1");
    },
  },
  {
    number: 23,
    name: "files are moved and deleted, directories deleted; reading a deleted file rejects",
    run: async ({ sdk, create }) => {
      const sandbox = await create();
      const { files } = sandbox;
      const root = await scratchDirectory(sandbox);
      await files.writeFiles([{ path: `${root}/old.txt`, data: "moved" }]);
      await files.moveFiles([{ src: `${root}/old.txt`, dest: `${root}/new.txt` }]);
      assert.equal(await files.readFile(`${root}/new.txt`), "moved");
      await files.deleteFiles([`${root}/new.txt`]);
      const error = await rejection(files.readFile(`${root}/new.txt`));
      assert.ok(error instanceof sdk.SandboxApiException);
      assert.equal(error.statusCode, 404);
      await files.createDirectories([{ path: `${root}/d/e` }]);
      await files.deleteDirectories([`${root}/d`]);
      await rejection(files.getFileInfo([`${root}/d`]));
    },
  },
  {
    number: 24,
    name: "permissions are set, owner and group included, and read back",
    run: async ({ create }) => {
      const sandbox = await create();
      const { files, commands } = sandbox;
      const path = `${await scratchDirectory(sandbox)}/script.sh`;
      const [owner = "", group = ""] = (await commands.run("id -un; id -gn")).logs.stdout.map(({ text }) => text);
      await files.writeFiles([{ path, data: "#!/bin/sh\necho ran\n", mode: 644 }]);
      await files.setPermissions([{ path, mode: 755, owner, group }]);
      const info = (await files.getFileInfo([path]))[path];
      assert.deepEqual([info?.mode, info?.owner, info?.group], [755, owner, group]);
      assert.equal((await commands.run(path)).logs.stdout[0]?.text, "ran");
    },
  },
];

/** A new directory inside the sandbox, wherever its temporary files live. */
async function scratchDirectory({ commands }: SdkSandbox): Promise<string> {
  const path = (await commands.run("mktemp -d")).logs.stdout[0]?.text;
  assert.ok(path, "mktemp printed a path");
  return path;
}
