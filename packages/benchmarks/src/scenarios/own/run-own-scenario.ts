import { createClient, type ClientOptions } from "@rxsandbox/client";
import { lastValueFrom } from "rxjs";
import type { SdkConnection } from "../scenario.js";
import type { OwnContext, OwnScenario } from "./own-scenario.js";

/** Runs one scenario against the given server with a client of its own. Rejects with what differed. */
export async function runOwnScenario(
  scenario: OwnScenario,
  { domain, apiKey, useServerProxy = false }: SdkConnection,
): Promise<void> {
  const options = {
    ...(domain !== undefined && { domain }),
    ...(apiKey !== undefined && { apiKey }),
    access: useServerProxy ? "proxy" : "direct",
  } as const satisfies ClientOptions;
  const client = createClient(options);
  const context: OwnContext = {
    client,
    options,
    inSandbox: (project) => client.withSandbox({ image: "python:3.11", timeoutSeconds: 120 }, project),
  };
  try {
    await lastValueFrom(scenario.run(context), { defaultValue: undefined });
  } finally {
    await client.close();
  }
}
