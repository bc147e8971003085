#!/usr/bin/env node
// In a clone the command is linked before anything is built.
import { existsSync } from "node:fs";

const program = new URL("../dist/bin.js", import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write("rxsandbox: not built yet; run `npm run build` first\n");
  process.exitCode = 1;
}
