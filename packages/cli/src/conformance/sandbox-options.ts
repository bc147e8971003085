import { InvalidArgumentError } from "commander";
import type { LifecycleAddress } from "@rxsandbox/conformance";

/** Options that say how the sandboxes of a run are made. */
export interface SandboxOptions {
  readonly entrypoint?: readonly string[];
  /** Values by name; without a value it is that of this program's own variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly limit?: Readonly<Record<string, string>>;
  readonly echoUrl?: string;
  readonly echoAddress?: string;
}

/** Variables whose values are kept out of reports even where the command line shows them. */
const SECRET_NAME = /TOKEN|SECRET|PASSW|KEY|CREDENTIAL/i;

/** Reads `--entrypoint`: words with spaces between them, or a JSON list for words that have spaces. */
export function entrypointOf(text: string): readonly string[] {
  const words = text.trim().startsWith("[") ? parsedWords(text) : text.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) throw new InvalidArgumentError("It must have at least one word: the program.");
  return words;
}

/** Reads `--env NAME=value` or `--env NAME`. */
export function variableOf(text: string, previous: SandboxOptions["env"] = {}): NonNullable<SandboxOptions["env"]> {
  const [, name, value] = /^([A-Za-z_]\w*)(?:=([^]*))?$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("It must be NAME=value or NAME.");
  if (value === undefined && process.env[name] === undefined)
    throw new InvalidArgumentError(`${name} is not set in your environment.`);
  return { ...previous, [name]: value };
}

/** Reads `--limit name=value`. */
export function limitOf(text: string, previous: SandboxOptions["limit"] = {}): NonNullable<SandboxOptions["limit"]> {
  const [, name, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError("It must be name=value, such as memory=512Mi.");
  return { ...previous, [name]: value };
}

/** How the sandboxes are made; variables from the environment, and those whose names say so, are secret. */
export function sandboxFields(
  { entrypoint, env = {}, limit, echoUrl, echoAddress }: SandboxOptions,
  own: NodeJS.ProcessEnv,
): Pick<LifecycleAddress, "entrypoint" | "env" | "secretEnv" | "resourceLimits" | "echo"> {
  const variables = Object.entries(env).map(([name, value]) => ({
    name,
    value: value ?? own[name] ?? "",
    isSecret: value === undefined || SECRET_NAME.test(name),
  }));
  const those = (isSecret: boolean): Readonly<Record<string, string>> =>
    Object.fromEntries(
      variables.filter((variable) => variable.isSecret === isSecret).map(({ name, value }) => [name, value]),
    );
  const [open, secret] = [those(false), those(true)];
  return {
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(Object.keys(open).length === 0 ? {} : { env: open }),
    ...(Object.keys(secret).length === 0 ? {} : { secretEnv: secret }),
    ...(limit === undefined ? {} : { resourceLimits: limit }),
    ...(echoUrl === undefined
      ? {}
      : { echo: { url: echoUrl, ...(echoAddress === undefined ? {} : { address: echoAddress }) } }),
  };
}

function parsedWords(text: string): readonly string[] {
  try {
    const words: unknown = JSON.parse(text);
    if (Array.isArray(words) && words.every((word): word is string => typeof word === "string")) return words;
  } catch {
    // Reported below, like any other value that is not a list of words.
  }
  throw new InvalidArgumentError('It must be a JSON list of words, such as ["sh","-c","exec my server"].');
}
