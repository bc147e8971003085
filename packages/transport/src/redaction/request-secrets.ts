const sensitive = /pass(?:word|wd|phrase)|secret|token|api_?key|access_?key|credential|auth|^envs?$|^value$/i;
/** Shorter values would mask ordinary words of an answer. */
const MIN_LENGTH = 8;
const MAX_DEPTH = 16;

/** Finds the texts of a request body that an answer must not give back: environment values, passwords, keys, tokens. */
export function requestSecrets(json: unknown): string[] {
  const found: string[] = [];
  collect(json, false, 0, found);
  return found;
}

function collect(value: unknown, isSensitive: boolean, depth: number, found: string[]): void {
  if (typeof value === "string") {
    if (isSensitive && value.length >= MIN_LENGTH) found.push(value);
  } else if (typeof value === "object" && value !== null && depth < MAX_DEPTH) {
    for (const [name, item] of Object.entries(value))
      collect(item, isSensitive || sensitive.test(name), depth + 1, found);
  }
}
