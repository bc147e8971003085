// @ts-check

/**
 * One piece of documentation that is code.
 * @typedef {{ path: string, line: number, code: string, isRun: boolean }} Snippet `line` is the line of the first line
 * of `code`
 */

/**
 * The fenced `ts` blocks of a Markdown text. A block marked `ts no-run` is only type-checked.
 * @param {string} path
 * @param {string} text
 * @returns {Snippet[]}
 */
export function markdownSnippets(path, text, firstLine = 1) {
  return [...text.matchAll(/^```ts( no-run)?\n([\s\S]*?)^```$/gm)].map((match) => ({
    path,
    line: firstLine + text.slice(0, match.index).split("\n").length,
    code: match[2] ?? "",
    isRun: match[1] === undefined,
  }));
}

/**
 * The `@example` blocks of TSDoc comments, bare or fenced as in Markdown.
 * @param {string} path
 * @param {string} text
 * @returns {Snippet[]}
 */
export function tsdocSnippets(path, text) {
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const firstLine = text.slice(0, comment.index).split("\n").length;
    const lines = comment[0]
      .replace(/\s*\*\/$/, "")
      .split("\n")
      .map((line) => line.replace(/^\s*\/?\*{1,2} ?/, ""));
    return lines.flatMap((line, index) => {
      if (!line.startsWith("@example")) return [];
      const length = lines.slice(index + 1).findIndex((next) => next.startsWith("@"));
      const body = lines.slice(index + 1, length < 0 ? undefined : index + 1 + length).join("\n");
      const bodyLine = firstLine + index + 1;
      return body.includes("```")
        ? markdownSnippets(path, `${body}\n`, bodyLine)
        : [{ path, line: bodyLine, code: `${body}\n`, isRun: true }];
    });
  });
}
