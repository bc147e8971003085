/** Where and why a text is not JSON, in the words of the recorded server. */
export interface JsonError {
  readonly position: number;
  readonly message: string;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Finds the first error of a text that `JSON.parse` refused; position 0 `Expecting value` when it finds none. */
export function findJsonError(source: string): JsonError {
  let at = 0;
  const fail = (message: string, position = at): never => {
    throw Object.assign(new Error(message), { position });
  };
  const skipSpace = (): void => {
    while (" \t\n\r".includes(source[at] ?? "x")) at += 1;
  };
  const readString = (): void => {
    const start = at;
    for (at += 1; ; at += 1) {
      const character = source[at];
      if (character === undefined) return fail("Unterminated string starting at", start);
      if (character === '"') break;
      if (character < " ") return fail("Invalid control character at");
      if (character !== "\\") continue;
      const escape = source[at + 1];
      if (escape === "u" && !/^[0-9a-fA-F]{4}$/.test(source.slice(at + 2, at + 6)))
        return fail("Invalid \\uXXXX escape", at + 2);
      if (escape === undefined || !'"\\/bfnrtu'.includes(escape)) return fail("Invalid \\escape");
      at += escape === "u" ? 5 : 1;
    }
    at += 1;
  };
  const readItems = (close: string, readItem: () => void): void => {
    at += 1;
    skipSpace();
    if (source[at] === close) {
      at += 1;
      return;
    }
    for (;;) {
      readItem();
      skipSpace();
      if (source[at] === close) break;
      if (source[at] !== ",") fail("Expecting ',' delimiter");
      at += 1;
      skipSpace();
    }
    at += 1;
  };
  const readMember = (): void => {
    if (source[at] !== '"') fail("Expecting property name enclosed in double quotes");
    readString();
    skipSpace();
    if (source[at] !== ":") fail("Expecting ':' delimiter");
    at += 1;
    skipSpace();
    readValue();
  };
  const readValue = (): void => {
    const character = source[at];
    if (character === '"') return readString();
    if (character === "{") return readItems("}", readMember);
    if (character === "[") return readItems("]", readValue);
    const word = ["true", "false", "null"].find((candidate) => source.startsWith(candidate, at));
    NUMBER.lastIndex = at;
    const length = word?.length ?? NUMBER.exec(source)?.[0].length ?? fail("Expecting value");
    at += length;
  };
  try {
    skipSpace();
    readValue();
    skipSpace();
    if (at < source.length) fail("Extra data");
  } catch (error) {
    if (error instanceof Error && "position" in error)
      return { position: Number(error.position), message: error.message };
    // A nesting that no stack holds is not JSON that this server reads.
  }
  return { position: 0, message: "Expecting value" };
}
