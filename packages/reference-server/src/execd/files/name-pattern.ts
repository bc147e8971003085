/**
 * Compiles a pattern in doublestar syntax for names without a slash: `*`, `?`, `[a-z]`, `[^a]` and `[!a]`, `{a,b}`, `\` before any
 * character; `**` and a slash match what they can where there is no directory (`execd.md` 6). Everything else stands for itself.
 *
 * `undefined` for a pattern that is none: an open bracket or brace, an empty class, a lone backslash at the end.
 */
export function compileNamePattern(pattern: string): ((name: string) => boolean) | undefined {
  // What is below a directory is also the directory itself.
  const parser = new PatternParser(pattern.replace(/(?<!\\)\/\*\*\/?$/, ""));
  const source = parser.sequence(0);
  if (source === undefined) return undefined;
  const expression = new RegExp(`^(?:${source})$`, "us");
  return (name) => expression.test(name);
}

class PatternParser {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  /** Reads up to the end, or in a brace up to a comma or its end; gives a regular expression. */
  sequence(depth: number): string | undefined {
    let source = "";
    let isSegmentStart = true;
    for (let character = this.#peek(); character !== undefined; character = this.#peek()) {
      if (depth > 0 && (character === "," || character === "}")) return source;
      const term = this.#term(depth, isSegmentStart);
      if (term === undefined) return undefined;
      source += term;
      isSegmentStart = character === "/" || (character === "*" && this.#characters[this.#at - 1] === "/");
    }
    return depth === 0 ? source : undefined;
  }

  #term(depth: number, isSegmentStart: boolean): string | undefined {
    const character = this.#take();
    switch (character) {
      case "*":
        return this.#stars(isSegmentStart);
      case "?":
        return ".";
      case "[":
        return this.#class();
      case "{":
        return this.#alternatives(depth);
      case "}":
        return undefined;
      case "\\": {
        const escaped = this.#take();
        return escaped === undefined ? undefined : literal(escaped);
      }
      default:
        return literal(character ?? "");
    }
  }

  #stars(isSegmentStart: boolean): string {
    if (!isSegmentStart || this.#peek() !== "*") return ".*";
    this.#take();
    // `**/` is any number of directories; before a name without any there are none.
    if (this.#peek() !== "/") return ".*";
    this.#take();
    return "";
  }

  #alternatives(depth: number): string | undefined {
    const sources: string[] = [];
    for (;;) {
      const source = this.sequence(depth + 1);
      if (source === undefined) return undefined;
      sources.push(source);
      if (this.#take() === "}") return `(?:${sources.join("|")})`;
    }
  }

  #class(): string | undefined {
    const isNegated = this.#peek() === "^" || this.#peek() === "!";
    if (isNegated) this.#take();
    let members = "";
    let isEmpty = true;
    for (let first = this.#take(); first !== "]" || isEmpty; first = this.#take()) {
      if (first === undefined || (isEmpty && first === "]")) return undefined;
      isEmpty = false;
      const low = first === "\\" ? this.#take() : first;
      if (low === undefined) return undefined;
      const isRange = this.#peek() === "-" && this.#characters[this.#at + 1] !== undefined && this.#characters[this.#at + 1] !== "]";
      if (!isRange) {
        members += literal(low);
        continue;
      }
      this.#take();
      const last = this.#take();
      const high = last === "\\" ? this.#take() : last;
      if (high === undefined) return undefined;
      // A range from behind has no members.
      if (code(low) <= code(high)) members += `${literal(low)}-${literal(high)}`;
    }
    return `[${isNegated ? "^" : ""}${members}]`;
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #take(): string | undefined {
    return this.#characters[this.#at++];
  }
}

function code(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function literal(character: string): string {
  return `\\u{${code(character).toString(16)}}`;
}
