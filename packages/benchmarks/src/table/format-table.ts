import { alignTable } from "./align-table.js";
import type { JudgedRow, Spread } from "./judge-row.js";
import type { Figure, Target } from "../rows/benchmark.js";

const columns = [
  "#",
  "Work",
  "Unit",
  "Official SDK",
  "CPU",
  "RxSandbox",
  "CPU",
  "Raw undici",
  "Times",
  "Target",
  "",
] as const;

/** The table as aligned Markdown, so that it reads the same in a terminal and in a document. */
export function formatTable(judged: readonly JudgedRow[]): string {
  return alignTable([[...columns], ...judged.map(cells)]);
}

function cells({ row, reference, ours, raw, times, passed }: JudgedRow): string[] {
  return [
    row.id,
    row.work,
    row.unit,
    spreadText(reference),
    cpuText(row.reference, reference),
    spreadText(ours),
    cpuText(row.ours, ours),
    raw === undefined ? "" : numberText(raw.median),
    times === undefined ? "" : `${numberText(times)}x`,
    targetText(row.target),
    passed === undefined ? "" : passed ? "pass" : "MISS",
  ];
}

function spreadText({ median, min, max }: Spread): string {
  return `${numberText(median)} (${numberText(min)}..${numberText(max)})`;
}

function cpuText(figure: Figure, { cpu }: Spread): string {
  return cpu === undefined || figure.cpu === undefined ? "" : `${numberText(cpu)} ${figure.cpu.unit}`;
}

function targetText(target: Target | undefined): string {
  if (target === undefined) return "";
  return "atMost" in target ? `<= ${target.atMost}` : `>= ${numberText(target.atLeastTimes)}x`;
}

/** Three significant digits; thousands grouped. */
export function numberText(value: number): string {
  const rounded = Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 6 });
}
