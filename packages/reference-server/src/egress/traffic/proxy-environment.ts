/** Names under which programs look for a proxy; some know only the one case, some only the other. */
const NAMES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] as const;

/** The variables that make the programs of a sandbox take a proxy, but for the machine's own services. */
export function proxyEnvironment(proxyUrl: string): Readonly<Record<string, string>> {
  const direct = "localhost,127.0.0.1,::1";
  const variables: Record<string, string> = { NO_PROXY: direct, no_proxy: direct, NODE_USE_ENV_PROXY: "1" };
  for (const name of NAMES) {
    variables[name] = proxyUrl;
    variables[name.toLowerCase()] = proxyUrl;
  }
  return variables;
}
