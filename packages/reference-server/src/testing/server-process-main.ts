import { startReferenceServer } from "../start-reference-server.js";

/**
 * A server in a process of its own for specs: options as JSON in its argument, addresses and key as JSON on standard
 * output.
 */
const [options = "{}"] = process.argv.slice(2);
const { domain, directAddress, apiKey } = await startReferenceServer({ tailMs: 0, ...(JSON.parse(options) as object) });
process.stdout.write(`${JSON.stringify({ domain, directAddress, apiKey })}\n`);
setInterval(() => {}, 60_000);
