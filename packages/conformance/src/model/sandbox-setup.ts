import { isIP } from "node:net";
import { InvalidArgumentError } from "./invalid-argument-error.js";
import { MIN_SECRET_LENGTH } from "./secrets.js";
import type { LifecycleAddress } from "./subject.js";

/**
 * What the sandboxes of a run were made with, as reports and reproducers keep it: of secret variables only the names.
 */
export interface SandboxSetup extends Pick<
  LifecycleAddress,
  "image" | "entrypoint" | "env" | "resourceLimits" | "echo" | "tailMs"
> {
  readonly secretEnv?: readonly string[];
}

/** Keeps what may be written of how a run makes its sandboxes. */
export function sandboxSetup({
  image,
  entrypoint,
  env,
  resourceLimits,
  secretEnv,
  echo,
  tailMs,
}: LifecycleAddress): SandboxSetup {
  return {
    image,
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(env === undefined ? {} : { env }),
    ...(secretEnv === undefined ? {} : { secretEnv: Object.keys(secretEnv) }),
    ...(resourceLimits === undefined ? {} : { resourceLimits }),
    ...(echo === undefined ? {} : { echo }),
    ...(tailMs === undefined ? {} : { tailMs }),
  };
}

/** An address whose sandboxes are made as recorded, but for what it says itself. */
export function likeRecorded(address: LifecycleAddress, { secretEnv: _, ...recorded }: SandboxSetup): LifecycleAddress {
  return { ...recorded, ...address };
}

/** The symbols by which reproducers name secret variables, by value. */
export function secretSymbols({ secretEnv = {} }: Pick<LifecycleAddress, "secretEnv">): ReadonlyMap<string, string> {
  return new Map(Object.entries(secretEnv).map(([name, value]) => [value, `$env-${name}`]));
}

/** Checks how the sandboxes of a run are made. Throws {@link InvalidArgumentError}. */
export function checkSandboxSetup({
  entrypoint,
  env = {},
  secretEnv = {},
  resourceLimits = {},
  echo,
}: LifecycleAddress): void {
  const refuse = (name: string, wanted: string): never => {
    throw new InvalidArgumentError(`subject.lifecycle.${name}`, wanted);
  };
  if (entrypoint !== undefined && (entrypoint.length === 0 || entrypoint.some((word) => typeof word !== "string")))
    refuse("entrypoint", "a program and its arguments");
  if (echo !== undefined && !/^http:\/\/[a-z0-9-]+(\.[a-z0-9-]+)+(:80)?(\/[^\s'"]*)?$/i.test(echo.url))
    refuse("echo.url", "an http address of a name with a dot, on port 80");
  if (echo?.address !== undefined && isIP(echo.address) === 0) refuse("echo.address", "an IP address");
  for (const [name, value] of Object.entries(resourceLimits))
    if (typeof value !== "string") refuse(`resourceLimits.${name}`, "a text such as 500m");
  for (const [kind, variables] of Object.entries({ env, secretEnv })) {
    for (const [name, value] of Object.entries(variables)) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) refuse(`${kind}.${name}`, "a name of letters, digits and _");
      if (typeof value !== "string") refuse(`${kind}.${name}`, "a text");
    }
  }
  for (const [name, value] of Object.entries(secretEnv)) {
    if (name in env) refuse(`secretEnv.${name}`, "a variable that env does not have");
    if (value.length < MIN_SECRET_LENGTH)
      refuse(`secretEnv.${name}`, `at least ${MIN_SECRET_LENGTH} characters, so that it can be kept out of reports`);
  }
}
