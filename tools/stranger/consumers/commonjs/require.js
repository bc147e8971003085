const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { dirname, join, sep } = require("node:path");
const { createClient, toExecution } = require("@rxsandbox/client");
const { Sandbox } = require("@rxsandbox/compat");
const { lastValueFrom } = require("rxjs");

/** Newer Node versions can also `require` ES modules: here nothing but the CommonJS build may be loaded. */
function requireEveryEntry(name) {
  const folder = join(dirname(require.resolve(name)), "../..");
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const entry of Object.keys(exports)) {
    const path = require.resolve(join(name, entry).replaceAll(sep, "/"));
    assert.match(path, /\.cjs$/, `${name} ${entry}`);
    assert.notEqual(Object.keys(require(path)).length, 0, `${name} ${entry} exports nothing`);
  }
}

async function main() {
  for (const name of [
    "protocol",
    "transport",
    "transport-undici",
    "execution",
    "lifecycle",
    "files",
    "egress",
    "client",
    "compat",
  ])
    requireEveryEntry(`@rxsandbox/${name}`);
  const sandbox = await Sandbox.create({ image: "python:3.11" });
  assert.equal((await sandbox.commands.run("exit 3")).exitCode, 3);
  await sandbox.kill();
  await sandbox.close();
  const client = createClient();
  const { end } = await lastValueFrom(
    client.withSandbox({ image: "python:3.11" }, ({ commands }) => commands.run("exit 4").pipe(toExecution())),
  );
  assert.deepEqual(end, { kind: "exited", exitCode: 4 });
  await client.close();
  const loaded = Object.keys(require.cache).filter((path) => path.includes("@rxsandbox"));
  assert.deepEqual(
    loaded.filter((path) => !path.endsWith(".cjs")),
    [],
  );
}

main();
