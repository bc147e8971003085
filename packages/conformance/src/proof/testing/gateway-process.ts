import { spawn } from "node:child_process";
import { once } from "node:events";

const MODULE = new URL("../../../dist/gateway/start-gateway.js", import.meta.url).href;

/** A built gateway in a process of its own, which a wrong server may end without ending the spec. */
export interface GatewayProcess {
  /** Base address of the lifecycle API behind it. */
  readonly base: string;
  readonly pid: number;
  /** Throws, with what the process wrote, unless it lives. */
  check(): void;
  close(): Promise<void>;
}

/** Starts a {@link GatewayProcess} before a lifecycle API; `alteration` is the source text of one. */
export async function gatewayProcess(lifecycle: string, alteration = "{}"): Promise<GatewayProcess> {
  const script = `
    import { startGateway } from ${JSON.stringify(MODULE)};
    const gateway = await startGateway({ lifecycle: ${JSON.stringify(lifecycle)} }, ${alteration});
    console.log(gateway.lifecycle);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-4096)));
  const ended = once(child, "exit");
  const first = await Promise.race([once(child.stdout, "data"), ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`the gateway did not start: ${errors}`);
  return {
    base: String(first[0]).trim(),
    pid: child.pid ?? 0,
    check() {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the gateway is gone: ${errors}`);
    },
    async close() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
