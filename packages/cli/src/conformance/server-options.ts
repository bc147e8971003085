import type { AccessPath, Capability, Depth, ServerSubject } from "@rxsandbox/conformance";
import type { ServerAddress } from "../server-address.js";
import { sandboxFields, type SandboxOptions } from "./sandbox-options.js";

/** Options of `conformance server` that say what is judged. */
export interface ServerSubjectOptions extends SandboxOptions {
  readonly lifecycleUrl?: string;
  readonly image?: string;
  readonly execdUrl?: string;
  readonly egressUrl?: string;
  readonly access?: AccessPath;
  readonly declare?: readonly Capability[];
  readonly allowMutation?: boolean;
  readonly tailMs?: number;
}

/** Options of a run, as the command line gives them. */
export interface RunOptions {
  readonly depth?: Depth;
  readonly capability?: readonly Capability[];
  readonly filter?: string;
  readonly shard?: { readonly index: number; readonly of: number };
  readonly seed?: number;
  readonly budget?: number;
  readonly concurrency?: number;
  readonly baseline?: string;
  readonly gate?: "conformance" | "regressions";
  readonly out: string;
}

/**
 * The servers that the options name; `undefined` when they name none. Keys and tokens come from the environment
 * (`OPEN_SANDBOX_API_KEY`, `EXECD_ACCESS_TOKEN`, `OPENSANDBOX_EGRESS_AUTH`), never from the command line, where other
 * users could read them.
 */
export function serverSubject(
  options: ServerSubjectOptions,
  env: NodeJS.ProcessEnv,
  found: ServerAddress | undefined,
): ServerSubject | undefined {
  const { lifecycleUrl, execdUrl, egressUrl, image = "python:3.11", access, declare, allowMutation, tailMs } = options;
  const isBare = execdUrl !== undefined || egressUrl !== undefined;
  const url = lifecycleUrl ?? (isBare || found === undefined ? undefined : withScheme(found.domain));
  if (url === undefined && !isBare) return undefined;
  const apiKey =
    (env["OPEN_SANDBOX_API_KEY"] || undefined) ??
    (found !== undefined && url === withScheme(found.domain) ? found.apiKey : undefined);
  const token = (name: string, header: string): { readonly headers?: Record<string, string> } =>
    env[name] ? { headers: { [header]: env[name] } } : {};
  return {
    kind: "server",
    ...(url === undefined
      ? {}
      : {
          lifecycle: {
            url,
            image,
            ...sandboxFields(options, env),
            ...(apiKey === undefined ? {} : { apiKey }),
            ...(tailMs === undefined ? {} : { tailMs }),
          },
        }),
    ...(execdUrl === undefined
      ? {}
      : { execd: { url: execdUrl, ...token("EXECD_ACCESS_TOKEN", "X-EXECD-ACCESS-TOKEN") } }),
    ...(egressUrl === undefined
      ? {}
      : { egress: { url: egressUrl, ...token("OPENSANDBOX_EGRESS_AUTH", "OPENSANDBOX-EGRESS-AUTH") } }),
    ...(access === undefined ? {} : { access }),
    ...(declare === undefined ? {} : { declares: declare }),
    ...(allowMutation === undefined ? {} : { allowsMutation: allowMutation }),
  };
}

function withScheme(domain: string): string {
  return /^https?:\/\//.test(domain) ? domain : `http://${domain}`;
}
