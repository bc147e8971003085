import { readServerState } from "@rxsandbox/reference-server";

/** Which server a command talks to. */
export interface ServerAddress {
  readonly domain: string;
  readonly apiKey?: string;
}

export interface ServerAddressOptions {
  readonly server?: string;
  readonly stateDir?: string;
}

/**
 * Finds the server: `--server`, else `OPEN_SANDBOX_DOMAIN`, else the embedded server that runs on this machine (by its
 * state file). The key comes from `OPEN_SANDBOX_API_KEY` or, for the embedded server, from the state file; never from
 * the command line, where other users could read it.
 */
export async function serverAddress(
  options: ServerAddressOptions,
  env: NodeJS.ProcessEnv,
): Promise<ServerAddress | undefined> {
  const apiKey = env["OPEN_SANDBOX_API_KEY"];
  const domain = options.server ?? (env["OPEN_SANDBOX_DOMAIN"] || undefined);
  const running = await readServerState(options.stateDir);
  if (domain === undefined)
    return running === undefined ? undefined : { domain: running.domain, apiKey: running.apiKey };
  if (apiKey) return { domain, apiKey };
  return running !== undefined && running.domain === domain ? { domain, apiKey: running.apiKey } : { domain };
}

export const noServerText =
  "rxsandbox: found no server. Start one with `rxsandbox serve`, or set OPEN_SANDBOX_DOMAIN and OPEN_SANDBOX_API_KEY.\n";
