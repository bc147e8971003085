/** Spells text with symbols as shell words and names. */
export interface ShellWords {
  /** One word: literal parts in single quotes, symbols as quoted variables. */
  word(text: string): string;
  /** The variable of a symbol. */
  variable(symbol: string): string;
}

/** Makes the spelling for the symbols of one case; anything else that begins with `$` is literal text. */
export function shellWords(symbols: readonly string[]): ShellWords {
  const ordered = [...symbols]
    .sort((a, b) => b.length - a.length)
    .map((symbol) => symbol.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = ordered.length === 0 ? undefined : new RegExp(`(${ordered.join("|")})`);
  const variable = (symbol: string): string => symbol.slice(1).replace(/[^A-Za-z0-9_]/g, "_");
  return {
    variable,
    word(text) {
      const parts = pattern === undefined ? [text] : text.split(pattern);
      const words = parts.map((part, index) =>
        index % 2 === 1 ? `"$${variable(part)}"` : part === "" ? "" : `'${part.replaceAll("'", "'\\''")}'`,
      );
      return words.join("") || "''";
    },
  };
}
