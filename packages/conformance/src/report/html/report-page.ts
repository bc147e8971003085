import { readCatalogue } from "../../model/read-catalogue.js";
import type { WrittenReport } from "../written-report.js";
import { checkCard } from "./check-card.js";
import { checkMatrix } from "./check-matrix.js";
import { escapeHtml } from "./escape-html.js";
import { filterScript } from "./page-assets.js";
import { pageShell } from "./page-shell.js";
import { setupWords } from "../setup-words.js";
import { verdictLook, verdictOrder } from "./verdict-look.js";

/**
 * Writes a report as one page that loads nothing: the matrix, and for each check its clauses, both sides, the wire and
 * the reproducer.
 */
export function reportPage(report: WrittenReport, { title }: { readonly title?: string } = {}): string {
  const { conclusion, results, run, subject } = report;
  const name = title ?? subject.name;
  const cards = verdictOrder
    .flatMap((status) => results.filter(({ verdict }) => verdict.status === status))
    .map((result) => checkCard(report, result, readCatalogue()));
  const body = `<main>
<header class="verdict ${conclusion.outcome}"><div><p class="sub">OpenSandbox conformance of ${escapeHtml(name)}${run.filter === undefined ? "" : `, only ${escapeHtml(run.filter)}`}${run.shard === undefined ? "" : `, shard ${run.shard.index} of ${run.shard.of}`}</p><h1>${escapeHtml(sentence(conclusion.text))}</h1>${list(conclusion.reasons)}</div></header>
${stack(report)}
${facts(report)}
${conclusion.leftOut.length === 0 ? "" : `<details class="script"><summary>${conclusion.leftOut.length} MUST checks are not part of this run</summary>${list(conclusion.leftOut)}</details>`}
<h2>Matrix</h2>
${checkMatrix(report)}
<h2>Checks</h2>
${filters(report)}
${cards.join("\n")}
</main>`;
  return pageShell(`${conclusion.text} · ${name}`, body, filterScript());
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function list(lines: readonly string[]): string {
  return lines.length === 0 ? "" : `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul>`;
}

function stack({ counts }: WrittenReport): string {
  const parts = verdictOrder.toReversed().filter((status) => counts[status] > 0);
  return `<div class="stack" role="img" aria-label="${parts.map((status) => `${counts[status]} ${status}`).join(", ")}">${parts.map((status) => `<i class="${status}" style="flex:${counts[status]}" title="${counts[status]} ${status}"></i>`).join("")}</div>`;
}

function facts({ subject, suite, run, capabilities, leaks, conclusion, results }: WrittenReport): string {
  const absent = capabilities.filter(({ isPresent }) => isPresent === false).map(({ capability }) => capability);
  const rows: readonly (readonly [string, string])[] = [
    ["parts", subject.parts.join(", ")],
    ["suite", `${suite.version}, ${suite.clauses} clauses`],
    [
      "depth",
      `${run.depth}${run.filter === undefined ? "" : `, filter ${run.filter}`}${run.shard === undefined ? "" : `, shard ${run.shard.index}/${run.shard.of}`}`,
    ],
    ["checks", `${results.length} in ${(run.durationMs / 1000).toFixed(1)} s`],
    ["seed", String(run.seed)],
    ["access path", `${run.access}${run.untestedAccess.length === 0 ? "" : ` (not ${run.untestedAccess.join(", ")})`}`],
    ["started", `${run.startedAt.slice(0, 19).replace("T", " ")} UTC`],
    ["configuration", run.configuration],
    ["sandboxes created", String(run.sandboxesCreated)],
    ...(run.sandbox === undefined ? [] : [["sandboxes made with", setupWords(run.sandbox)] as const]),
    ["absent", absent.join(", ") || "nothing"],
    ["not deleted", leaks.join(", ") || "nothing"],
    ["self-check", run.selfCheck?.text.replace(/^self-check /, "") ?? "not made"],
    ["exit code", String(conclusion.exitCode)],
  ];
  return `<dl class="facts">${rows.map(([term, value]) => `<div><dt>${term}</dt><dd>${escapeHtml(value)}</dd></div>`).join("")}</dl>`;
}

function filters({ counts }: WrittenReport): string {
  const chips = verdictOrder
    .filter((status) => counts[status] > 0)
    .map(
      (status) =>
        `<button type="button" class="chip" aria-pressed="false" data-status="${status}">${verdictLook[status].glyph} ${verdictLook[status].label} <b>${counts[status]}</b></button>`,
    );
  const levels = ["MUST", "SHOULD", "INFO", "disputed"].map((level) => `<option>${level}</option>`);
  return `<div class="filters"><input id="search" type="search" placeholder="check, clause, words" aria-label="Search">${chips.join("")}<select id="level" aria-label="Level"><option value="">every level</option>${levels.join("")}</select><span id="shown"></span></div>`;
}
