import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fuzzedProcess, type FuzzedProcess } from "./fuzzed-process.js";

/** A proxy between a client and a service that are both hostile. */
export interface FuzzTarget {
  readonly process: FuzzedProcess;
  /** Host and port of the proxy. */
  readonly address: string;
  /** What stands before a path of the service, and the lines of headers that let a request in. */
  readonly prefix: string;
  readonly headers: string;
  close(): Promise<void>;
}

const SERVICE = fileURLToPath(new URL("../../dist/fuzz/hostile-service.js", import.meta.url));

/** The proxies, each with what starts it; the seed is that of the service's answers. */
export const FUZZ_TARGETS: Readonly<Record<string, (seed: number) => Promise<FuzzTarget>>> = {
  "the server proxy": (seed) =>
    behindServer(seed, "namespace", ({ domain, key, id, port }) => ({
      address: domain,
      prefix: `/sandboxes/${id}/proxy/${port}`,
      headers: `OPEN-SANDBOX-API-KEY: ${key}\r\n`,
    })),
  "the direct listener": (seed) =>
    behindServer(seed, "namespace", ({ direct, endpoint }) => ({ address: direct, prefix: endpoint, headers: "" })),
  "the daemon's port proxy": (seed) =>
    behindServer(seed, "namespace", ({ direct, daemon, port }) => ({
      address: direct,
      prefix: `${daemon}/proxy/${port}`,
      headers: "",
    })),
  // It leads to this machine only from a sandbox that shares the machine's network.
  "the egress proxy": (seed) =>
    behindServer(seed, "process", ({ proxy, port }) => {
      const { username, password, host } = new URL(proxy);
      return {
        address: host,
        prefix: `http://127.0.0.1:${port}`,
        headers: `Proxy-Authorization: Basic ${Buffer.from(`${username}:${password}`).toString("base64")}\r\n`,
      };
    }),
  "the gateway of the conformance suite, byte by byte": (seed) => behindGateway(seed, "{}"),
  "the gateway of the conformance suite, message by message": (seed) =>
    behindGateway(seed, "{ answer: (answer) => answer, message: (message) => [message], spell: (json) => [json] }"),
};

interface Known {
  readonly domain: string;
  readonly direct: string;
  readonly key: string;
  readonly id: string;
  readonly port: string;
  readonly endpoint: string;
  readonly daemon: string;
  readonly proxy: string;
}

async function behindServer(
  seed: number,
  driver: "namespace" | "process",
  way: (known: Known) => Pick<FuzzTarget, "address" | "prefix" | "headers">,
): Promise<FuzzTarget> {
  const directory = mkdtempSync(join(tmpdir(), "rx-fuzz-"));
  const chosen = driver === "process" ? { driver } : {};
  const started = await fuzzedProcess(`
    import { startReferenceServer } from "@rxsandbox/reference-server";
    const { domain, directAddress: direct, apiKey: key } = await startReferenceServer(${JSON.stringify({ stateDir: join(directory, "state"), tailMs: 0, ...chosen })});
    console.log(JSON.stringify({ domain, direct, key }));
  `);
  const close = async (): Promise<void> => {
    await started.close();
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  const { domain = "", direct = "", key = "" } = started.ready;
  const call = async (method: string, path: string, body?: unknown): Promise<string> => {
    const init = {
      method,
      headers: { "OPEN-SANDBOX-API-KEY": key, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const answer = await fetch(`http://${domain}${path}`, init);
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.text();
  };
  try {
    const sandbox = {
      image: { uri: "any" },
      entrypoint: ["tail", "-f", "/dev/null"],
      resourceLimits: {},
      timeout: 900,
      networkPolicy: { defaultAction: "allow", egress: [] },
    };
    const { id } = JSON.parse(await call("POST", "/v1/sandboxes", sandbox)) as { readonly id: string };
    const run = async (command: string): Promise<string> => {
      const events = (await call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, { command }))
        .split("\n\n")
        .filter((text) => text !== "");
      return events
        .map((text) => JSON.parse(text) as { readonly type: string; readonly text?: string })
        .flatMap(({ type, text }) => (type === "stdout" ? [text] : []))
        .join("\n");
    };
    await call("POST", `/v1/sandboxes/${id}/proxy/44772/command`, { command: serviceCommand(seed), background: true });
    const port = await run("for i in $(seq 200); do test -s port && break; sleep 0.05; done; cat port");
    const pathOf = async (of: string): Promise<string> => {
      const { endpoint } = JSON.parse(await call("GET", `/v1/sandboxes/${id}/endpoints/${of}`)) as {
        readonly endpoint: string;
      };
      return endpoint.slice(endpoint.indexOf("/"));
    };
    const known = {
      domain,
      direct,
      key,
      id,
      port,
      endpoint: await pathOf(port),
      daemon: await pathOf("44772"),
      proxy: await run("echo $HTTP_PROXY"),
    };
    return { process: started, ...way(known), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function behindGateway(seed: number, alteration: string): Promise<FuzzTarget> {
  const directory = mkdtempSync(join(tmpdir(), "rx-fuzz-"));
  const started = await fuzzedProcess(`
    import { spawn } from "node:child_process";
    import { existsSync, readFileSync } from "node:fs";
    import { startGateway } from ${JSON.stringify(new URL("../../../conformance/dist/gateway/start-gateway.js", import.meta.url).href)};
    const file = ${JSON.stringify(join(directory, "port"))};
    const service = spawn(process.execPath, [${JSON.stringify(SERVICE)}, "${seed}", file], { stdio: ["pipe", "ignore", "inherit"] });
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 20));
    const { lifecycle } = await startGateway({ lifecycle: "http://127.0.0.1:" + readFileSync(file, "utf8") }, ${alteration});
    console.log(JSON.stringify({ address: new URL(lifecycle).host }));
  `);
  const close = async (): Promise<void> => {
    await started.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { process: started, address: started.ready["address"] ?? "", prefix: "", headers: "", close };
}

/** Writes the program of the service where the command runs, and starts it. */
function serviceCommand(seed: number): string {
  const files = ["seeded", "hostile-frames", "hostile-bytes", "play", "hostile-service"].map((name) => {
    const built = join(dirname(SERVICE), `${name}.js`);
    return `echo ${readFileSync(built).toString("base64")} | base64 -d > ${name}.js`;
  });
  return [`echo '{"type":"module"}' > package.json`, ...files, `exec node hostile-service.js ${seed} port`].join("\n");
}
