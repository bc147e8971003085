import { readFileSync } from "node:fs";

/**
 * The environment of a command: the base, then the file named by `EXECD_ENVS`, then what the request adds
 * (`execd.md` 3.1). Nothing can be unset.
 */
export function commandEnvironment(
  base: Readonly<Record<string, string>>,
  overlay: Readonly<Record<string, string | undefined>> = {},
): Record<string, string | undefined> {
  return { ...base, ...readEnvironmentFile(base["EXECD_ENVS"]), ...overlay };
}

function readEnvironmentFile(path: string | undefined): Record<string, string> {
  if (path === undefined || path === "") return {};
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    // The file is optional: it appears once something wants to set variables for later commands.
    return {};
  }
  const lines = text.split("\n").filter((line) => !line.startsWith("#") && line.indexOf("=") > 0);
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")).trim(), line.slice(line.indexOf("=") + 1).trimEnd()]),
  );
}
