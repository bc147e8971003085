import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { Unverifiable } from "../../model/outcome.js";
import type { EchoService } from "../../model/subject.js";
import { startEcho } from "../echo-service.js";
import { eventRun, linesOf } from "../event-run.js";
import { type Vault, withVault } from "./with-vault.js";

/** A sandbox whose requests show which credentials its sidecar puts into them. */
export interface VaultTraffic {
  readonly vault: Vault;
  /** A binding of the credential `a` to everything that {@link send} sends. */
  readonly binding: Readonly<Record<string, unknown>>;
  /** Sends a request from inside the sandbox; gives what the service at its other end got. */
  send(): Promise<string>;
  /** Whether the sidecar must see the requests: of those to a second sandbox that is not known. */
  readonly isIntercepted: boolean;
}

/** The name of a second sandbox, as requests spell it. */
const SECOND_SANDBOX = "second.rxconf.example";
const REACH_WITHIN_MS = 10_000;
/** Exit status of a sandbox that cannot send a request. */
const NO_PROGRAM = 69;

/**
 * Runs a check with a sandbox whose vault is this check's alone, and whose requests end in an echo: the one of the
 * subject, else in a second sandbox.
 */
export async function withTraffic(context: CheckContext, use: (traffic: VaultTraffic) => Promise<void>): Promise<void> {
  const second = context.echo === undefined ? (await context.sandbox()).execd : undefined;
  const echo = context.echo ?? { url: `http://${SECOND_SANDBOX}/`, address: await addressOf(second as Endpoint) };
  const host = new URL(echo.url).hostname;
  const allowed = [host, ...(echo.address === undefined ? [] : [echo.address])].map((target) => ({
    action: "allow",
    target,
  }));
  const { execd, egress } = await context.sandbox({
    fields: { networkPolicy: { defaultAction: "deny", egress: allowed }, credentialProxy: { enabled: true } },
  });
  const send = async (): Promise<string> => {
    const run = await eventRun(execd, "/command", { command: requestCommand(echo) });
    if (run.end?.error?.evalue === String(NO_PROGRAM))
      throw new Unverifiable("the image has neither curl nor python3 to send a request with");
    return linesOf(run, "stdout").join("\n");
  };
  await withVault(
    context,
    async (vault) => {
      const nonce = second === undefined ? "" : await startSecond(context, second, execd);
      const reached = await context.waitUntil(send, (text) => text !== "" && text.includes(nonce), REACH_WITHIN_MS);
      if (reached === "" || !reached.includes(nonce))
        throw new Unverifiable(
          `no request of a sandbox reached ${echo.url}: give the run an echo service that its sandboxes reach (--echo-url)`,
        );
      const binding = {
        name: "b",
        match: { hosts: [host], schemes: ["http"], ports: [80] },
        auth: { type: "apiKey", name: "x-rx-own", credential: "a" },
      };
      await use({ vault, binding, send, isIntercepted: second === undefined });
    },
    egress,
  );
}

/** Starts the echo of the second sandbox; unverifiable where requests take another way than a connection to it. */
async function startSecond(context: CheckContext, second: Endpoint, execd: Endpoint): Promise<string> {
  const proxy = linesOf(await eventRun(execd, "/command", { command: 'echo "$http_proxy$HTTP_PROXY"' }), "stdout").join(
    "",
  );
  if (proxy !== "")
    throw new Unverifiable(
      "programs of a sandbox reach the network through a proxy, and so no second sandbox: give the run an echo service (--echo-url)",
    );
  return (await startEcho(context, second, 80)).nonce;
}

async function addressOf(execd: Endpoint): Promise<string> {
  const [line = ""] = linesOf(
    await eventRun(execd, "/command", { command: "hostname -i 2>/dev/null || hostname -I" }),
    "stdout",
  );
  const address = line.split(" ").find((word) => /^\d+(\.\d+){3}$/.test(word) && !word.startsWith("127."));
  if (address === undefined)
    throw new Unverifiable(
      "a second sandbox has no address to send requests to: give the run an echo service (--echo-url)",
    );
  return address;
}

/** A request with whatever the image has; with an address, nobody is asked for the name. */
function requestCommand({ url, address }: EchoService): string {
  const { hostname, pathname, search } = new URL(url);
  const at = address === undefined ? url : `http://${address}${pathname}${search}`;
  const python = `import urllib.request as u;print(u.urlopen(u.Request("${at}",headers={"Host":"${hostname}"}),timeout=10).read().decode())`;
  return [
    `if command -v curl >/dev/null 2>&1; then exec curl -sS -m 10 ${address === undefined ? "" : `--resolve ${hostname}:80:${address} `}'${url}'; fi`,
    `if command -v python3 >/dev/null 2>&1; then exec python3 -c '${python}'; fi`,
    `exit ${NO_PROGRAM}`,
  ].join("\n");
}
