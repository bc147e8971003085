import type { ServerSubject } from "../../model/subject.js";

/** The inner addresses of a sandbox that no run made. */
export interface BorrowedSandbox {
  readonly execd: NonNullable<ServerSubject["execd"]>;
  readonly egress: NonNullable<ServerSubject["egress"]>;
}

/** Creates a sandbox with these rules on a server; it ends with the server. */
export async function borrowedSandbox(
  { lifecycle }: ServerSubject,
  rules: readonly { readonly action: string; readonly target: string }[] = [],
): Promise<BorrowedSandbox> {
  const { url = "", apiKey = "" } = lifecycle ?? {};
  const headers = { "OPEN-SANDBOX-API-KEY": apiKey, "Content-Type": "application/json" };
  const body = JSON.stringify({
    image: { uri: "any" },
    entrypoint: ["sleep", "600"],
    resourceLimits: {},
    timeout: 600,
    networkPolicy: { defaultAction: "deny", egress: rules },
    credentialProxy: { enabled: true },
  });
  const { id } = (await (await fetch(`${url}/v1/sandboxes`, { method: "POST", headers, body })).json()) as {
    readonly id: string;
  };
  const address = async (port: number): Promise<BorrowedSandbox["execd"]> => {
    const found = (await (await fetch(`${url}/v1/sandboxes/${id}/endpoints/${port}`, { headers })).json()) as {
      readonly endpoint: string;
      readonly headers?: Readonly<Record<string, string>>;
    };
    return { url: `http://${found.endpoint}`, ...(found.headers === undefined ? {} : { headers: found.headers }) };
  };
  return { execd: await address(44772), egress: await address(18080) };
}
