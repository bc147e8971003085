#!/usr/bin/env node
import { main } from "./main.js";
import { processTerminal } from "./terminal.js";

// Not `process.exit`: output that is still on its way to a pipe would be lost.
process.exitCode = await main(process.argv.slice(2), processTerminal());
