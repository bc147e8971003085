import { matchBySets, type Term } from "./state-set-matcher.js";

/** How deep braces may be nested; a pattern with more is invalid. */
const MAX_DEPTH = 100;

/**
 * Compiles a pattern in doublestar syntax for names without a slash: `*`, `?`, `[a-z]`, `[^a]` and `[!a]`, `{a,b}`, `\`
 * before any character; `**` and a slash match what they can where there is no directory (`execd.md` 6). Everything
 * else stands for itself.
 *
 * `undefined` for an invalid pattern: an open bracket or brace, an empty class, a lone backslash at the end, braces
 * more than 100 deep. Matching takes time in proportion to the lengths of pattern and name.
 */
export function compileNamePattern(pattern: string): ((name: string) => boolean) | undefined {
  // What is below a directory is also the directory itself.
  const parser = new PatternParser(pattern.replace(/(?<!\\)\/\*\*\/?$/, ""));
  const terms = parser.sequence(0);
  return terms === undefined ? undefined : matchBySets(terms);
}

class PatternParser {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  /** Reads up to the end, or in a brace up to a comma or its end; gives its terms. */
  sequence(depth: number): readonly Term[] | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const terms: Term[] = [];
    let isSegmentStart = true;
    for (let character = this.#peek(); character !== undefined; character = this.#peek()) {
      if (depth > 0 && (character === "," || character === "}")) return terms;
      const term = this.#term(depth, isSegmentStart);
      if (term === undefined) return undefined;
      if (term !== "nothing") terms.push(term);
      isSegmentStart = character === "/" || (character === "*" && this.#characters[this.#at - 1] === "/");
    }
    return depth === 0 ? terms : undefined;
  }

  #term(depth: number, isSegmentStart: boolean): Term | "nothing" | undefined {
    const character = this.#take();
    switch (character) {
      case "*":
        return this.#stars(isSegmentStart);
      case "?":
        return ONE;
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

  #stars(isSegmentStart: boolean): Term | "nothing" {
    if (!isSegmentStart || this.#peek() !== "*") return ANY;
    this.#take();
    // `**/` is any number of directories; before a name without any there are none.
    if (this.#peek() !== "/") return ANY;
    this.#take();
    return "nothing";
  }

  #alternatives(depth: number): Term | undefined {
    const sequences: (readonly Term[])[] = [];
    for (;;) {
      const terms = this.sequence(depth + 1);
      if (terms === undefined) return undefined;
      sequences.push(terms);
      if (this.#take() === "}") return { kind: "either", sequences };
    }
  }

  #class(): Term | undefined {
    const isNegated = this.#peek() === "^" || this.#peek() === "!";
    if (isNegated) this.#take();
    const members = new Set<string>();
    const ranges: (readonly [low: number, high: number])[] = [];
    let isEmpty = true;
    for (let first = this.#take(); first !== "]" || isEmpty; first = this.#take()) {
      if (first === undefined || (isEmpty && first === "]")) return undefined;
      isEmpty = false;
      const low = first === "\\" ? this.#take() : first;
      if (low === undefined) return undefined;
      const isRange =
        this.#peek() === "-" && this.#characters[this.#at + 1] !== undefined && this.#characters[this.#at + 1] !== "]";
      if (!isRange) {
        members.add(low);
        continue;
      }
      this.#take();
      const last = this.#take();
      const high = last === "\\" ? this.#take() : last;
      if (high === undefined) return undefined;
      // A range from behind has no members.
      ranges.push([code(low), code(high)]);
    }
    const has = (character: string): boolean =>
      members.has(character) || ranges.some(([low, high]) => code(character) >= low && code(character) <= high);
    return { kind: "one", accepts: (character) => has(character) !== isNegated };
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

function literal(expected: string): Term {
  return { kind: "one", accepts: (character) => character === expected };
}

const ANY: Term = { kind: "any" };
const ONE: Term = { kind: "one", accepts: () => true };
