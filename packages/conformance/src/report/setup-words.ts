import type { SandboxSetup } from "../model/sandbox-setup.js";

/** Says in one line what the sandboxes of a run were made with. */
export function setupWords({
  image,
  entrypoint,
  env = {},
  secretEnv = [],
  resourceLimits = {},
  echo,
  tailMs,
}: SandboxSetup): string {
  const pairs = (values: Readonly<Record<string, string>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}`)
      .join(" ");
  return [
    `image ${image}`,
    ...(entrypoint === undefined ? [] : [`entrypoint ${JSON.stringify(entrypoint)}`]),
    ...(Object.keys(env).length === 0 ? [] : [`env ${pairs(env)}`]),
    ...(secretEnv.length === 0 ? [] : [`secret env ${secretEnv.join(" ")}`]),
    ...(Object.keys(resourceLimits).length === 0 ? [] : [`limits ${pairs(resourceLimits)}`]),
    ...(echo === undefined ? [] : [`echo ${echo.url}`]),
    ...(tailMs === undefined ? [] : [`tail ${tailMs} ms`]),
  ].join(", ");
}
