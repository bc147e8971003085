import { startReferenceServer, type ReferenceServerOptions } from "@rxsandbox/reference-server";
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
  await terminal.out(
    [
      `RxSandbox reference server on http://${server.domain}`,
      `  sandboxes at   ${server.directAddress}`,
      `  driver         ${server.driver.name}`,
      ...server.driver.limits.map((limit) => `                 not isolated: ${limit}`),
      `  key            ${showKey === true ? server.apiKey : `in ${server.stateFile}`}`,
      "It runs commands on this machine as your user. Ctrl-C ends it and every sandbox.",
      "",
    ].join("\n"),
  );
  await stopped;
  await terminal.err("Ending every sandbox\n");
  await server.close();
  return exitCode.ok;
}
