import { join } from "node:path";
import {
  readServerState,
  startReferenceServer,
  type ReferenceServer,
  type ReferenceServerOptions,
} from "@rxsandbox/reference-server";
import { firstValueFrom } from "rxjs";
import { errorText } from "../error-text.js";
import { exitCode } from "../exit-code.js";
import { interruption } from "../interruption.js";
import type { Terminal } from "../terminal.js";

export type ServeOptions = ReferenceServerOptions & { readonly showKey?: boolean };

/** `rxsandbox serve`: the embedded server until Ctrl-C; every sandbox ends with it. */
export async function serve({ showKey, ...options }: ServeOptions, terminal: Terminal): Promise<number> {
  const stopped = firstValueFrom(interruption());
  let server;
  try {
    server = await startReferenceServer(options);
  } catch (error) {
    await terminal.err(errorText(error));
    return exitCode.failed;
  }
  await terminal.out(announcement(server, showKey === true));
  await stopped;
  await terminal.err("Stopping all sandboxes\n");
  await server.close();
  return exitCode.ok;
}

/** Where the server listens, how far it isolates sandboxes, and how a client gets the key. */
function announcement(server: ReferenceServer, isKeyShown: boolean): string {
  const { name, network, isolates, doesNotIsolate } = server.driver;
  return [
    `RxSandbox embedded server on http://${server.domain}`,
    `  sandboxes at   ${server.directAddress}`,
    `  driver         ${name}`,
    `  network        ${network === "own" ? "each sandbox has its own" : "sandboxes share the network of this machine"}`,
    ...isolates.map((what) => `  isolates       ${what}`),
    ...doesNotIsolate.map((what) => `  not isolated   ${what}`),
    `  key            ${isKeyShown ? server.apiKey : keyPlace(server)}`,
    "It runs commands on this machine as your user. Press Ctrl-C to stop it and all sandboxes.",
    "",
  ].join("\n");
}

function keyPlace({ domain, stateDir }: ReferenceServer): string {
  const advertised = readServerState(stateDir);
  if (advertised?.domain === domain)
    return `in ${join(stateDir, "server.json")}, where \`rxsandbox run\` and \`list\` find it`;
  return `in memory only, because \`rxsandbox run\` finds ${advertised?.domain ?? "another server"}; print it with --show-key`;
}
