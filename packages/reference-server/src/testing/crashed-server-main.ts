import { startReferenceServer } from "../start-reference-server.js";

/** A server process that a spec kills: state directory and driver as arguments, its address and key on standard output. */
const [stateDir = "", driver = "auto"] = process.argv.slice(2);
const server = await startReferenceServer({ stateDir, driver: driver as "auto" | "namespace" | "process", tailMs: 0 });
process.stdout.write(`${JSON.stringify({ domain: server.domain, apiKey: server.apiKey })}\n`);
setInterval(() => {}, 60_000);
