import { of } from "rxjs";
import { createApi, createRedactor, createScope, type ClientEvent, type Scope } from "@rxsandbox/transport";
import { createConnection } from "@rxsandbox/transport/calls";
import { createTestTransport, type RouteScript, type TestTransport } from "@rxsandbox/testkit";
import { createFiles, type Files } from "../files.js";

export interface ScriptedFiles {
  readonly files: Files;
  readonly transport: TestTransport;
  readonly scope: Scope;
  readonly events: readonly ClientEvent[];
}

/** The file calls over a scripted daemon in memory, which never repeats a call. */
export function scriptedFiles(
  script: Readonly<Record<string, RouteScript>>,
  options: { readonly sync?: boolean; readonly streamingUpload?: boolean } = {},
): ScriptedFiles {
  const { sync = false, streamingUpload = true } = options;
  const transport = createTestTransport(script, { sync });
  const events: ClientEvent[] = [];
  const observer = { next: (event: ClientEvent) => void events.push(event) };
  const scope = createScope({ events: observer });
  const endpoint = { url: "http://sandbox.test", headers: {}, access: "direct" } as const;
  const api = createApi({
    transport,
    target: () => of(endpoint),
    requestTimeoutMs: 30_000,
    retry: false,
    redact: createRedactor([]),
    events: observer,
  });
  return {
    files: createFiles(createConnection({ api, scope, capabilities: { ...transport.capabilities, streamingUpload } })),
    transport,
    scope,
    events,
  };
}
