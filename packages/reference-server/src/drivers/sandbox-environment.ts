/** Variables of the user that a sandbox may see; everything else of the user's environment stays outside. */
const ALLOWED = ["PATH", "LANG", "TERM"] as const;

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Builds the allow-listed base environment of a sandbox: `PATH`, `LANG`, `TERM` of the user, `HOME` and `TMPDIR` of the
 * sandbox.
 */
export function sandboxEnvironment(
  source: Readonly<Record<string, string | undefined>>,
  directories: { readonly home: string; readonly tmp: string },
): Record<string, string> {
  const environment: Record<string, string> = { PATH: DEFAULT_PATH, LANG: "C.UTF-8" };
  for (const name of ALLOWED) {
    const value = source[name];
    if (value !== undefined && value !== "") environment[name] = value;
  }
  environment["HOME"] = directories.home;
  environment["TMPDIR"] = directories.tmp;
  return environment;
}
