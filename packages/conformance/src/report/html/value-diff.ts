import { escapeHtml } from "./escape-html.js";

/** Lines of one side that are compared; longer values are shown as they are. */
const MAX_LINES = 300;
const MAX_CHARACTERS = 20_000;

/** Shows two values as JSON beside each other; lines that only one side has are marked. */
export function valueDiff(expected: unknown, observed: unknown): string {
  const [left, right] = [linesOf(expected), linesOf(observed)];
  const common = left.length > MAX_LINES || right.length > MAX_LINES ? undefined : commonLines(left, right);
  return `<div class="diff"><figure><figcaption>expected</figcaption><pre>${marked(left, common?.left, "del")}</pre></figure><figure><figcaption>observed</figcaption><pre>${marked(right, common?.right, "ins")}</pre></figure></div>`;
}

function linesOf(value: unknown): readonly string[] {
  const text =
    typeof value === "string" && value.includes("\n") ? value : (JSON.stringify(value, null, 2) ?? "nothing");
  return (text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}\n… ${text.length} characters` : text).split(
    "\n",
  );
}

function marked(lines: readonly string[], common: ReadonlySet<number> | undefined, tag: "del" | "ins"): string {
  return lines
    .map((line, index) =>
      common === undefined || common.has(index) ? escapeHtml(line) : `<${tag}>${escapeHtml(line) || " "}</${tag}>`,
    )
    .join("\n");
}

/** The places of a longest common subsequence on both sides. */
function commonLines(
  left: readonly string[],
  right: readonly string[],
): { readonly left: ReadonlySet<number>; readonly right: ReadonlySet<number> } {
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--)
      lengths[i * width + j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const both = { left: new Set<number>(), right: new Set<number>() };
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    if (left[i] === right[j]) {
      both.left.add(i++);
      both.right.add(j++);
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return both;
}
