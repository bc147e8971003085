import type { MatrixRow, ReportMatrix } from "../report-matrix.js";
import { escapeHtml } from "./escape-html.js";
import { pageShell } from "./page-shell.js";
import { verdictLook } from "./verdict-look.js";

/**
 * Writes a matrix as one page that loads nothing: a column for each server, a row for each check, and a box that leaves
 * out where all agree.
 */
export function matrixPage({ servers, rows }: ReportMatrix): string {
  const groups = [...new Set(rows.map(({ group }) => group))];
  const head = `<thead><tr><th>check</th>${servers.map(({ name, text }) => `<th>${escapeHtml(name)}<br><small>${escapeHtml(text)}</small></th>`).join("")}</tr></thead>`;
  const bodies = groups.map((group) => {
    const members = rows.filter((row) => row.group === group);
    const counts = servers.map(
      (_, index) =>
        `<td class="v"><small>${members.filter(({ statuses }) => statuses[index] === "pass").length}/${members.filter(({ statuses }) => statuses[index] !== undefined).length}</small></td>`,
    );
    return `<tbody><tr><th>${escapeHtml(group)}</th>${counts.join("")}</tr>${members.map(rowHtml).join("")}</tbody>`;
  });
  const differing = rows.filter((row) => !isAlike(row)).length;
  const filter = `<p><label><input type="checkbox" id="differences"> only where they differ: ${differing} of ${rows.length} checks</label></p>`;
  return pageShell(
    "OpenSandbox conformance of several servers",
    `<main><h1>OpenSandbox conformance</h1><h2>${servers.length} servers, ${rows.length} checks</h2>${servers.length > 1 && differing > 0 ? filter : ""}<div class="picture"><table class="servers">${head}${bodies.join("")}</table></div></main>`,
  );
}

/** Where a check did not run nothing is known: that is no difference. */
function isAlike({ statuses }: MatrixRow): boolean {
  return new Set(statuses.filter((status) => status !== undefined)).size < 2;
}

function rowHtml(row: MatrixRow): string {
  const { check, title, level, statuses } = row;
  const cells = statuses.map((status) =>
    status === undefined
      ? '<td class="v"><small>not run</small></td>'
      : `<td class="v"><span class="mark ${status}" title="${verdictLook[status].label}">${verdictLook[status].glyph}</span></td>`,
  );
  return `<tr${isAlike(row) ? ' class="alike"' : ""}><td><code>${escapeHtml(check)}</code> <span class="level">${level}</span><br><small>${escapeHtml(title)}</small></td>${cells.join("")}</tr>`;
}
