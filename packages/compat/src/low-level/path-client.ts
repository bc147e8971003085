import type { Client } from "openapi-fetch";

/** A typed client without its types: methods by name, paths as text. */
export type PathClient = Readonly<
  Record<
    string,
    (
      path: string,
      init: Readonly<Record<string, unknown>>,
    ) => Promise<{ data?: unknown; error?: unknown; response: Response }>
  >
>;

/** Forgets the types. */
export function createPathClient<Paths extends object>(client: Client<Paths>): PathClient {
  return client as unknown as PathClient;
}
