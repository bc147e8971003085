import type { WrittenReport } from "../written-report.js";
import { checkAnchor } from "./check-card.js";
import { escapeHtml } from "./escape-html.js";
import { verdictLook } from "./verdict-look.js";

/** The whole run at one look: a block for each group, a row for each topic, a tile for each check. */
export function checkMatrix({ results }: WrittenReport): string {
  const groups = [...new Set(results.map(({ group }) => group))];
  const blocks = groups.map((group) => {
    const members = results.filter((result) => result.group === group);
    const topics = [...new Set(members.map(({ check }) => topicOf(check)))];
    const passed = members.filter(({ verdict }) => verdict.status === "pass").length;
    const rows = topics.map((topic) => {
      const tiles = members
        .filter(({ check }) => topicOf(check) === topic)
        .map(
          ({ check, verdict, title, level }) =>
            `<a class="tile ${verdict.status}" href="#${checkAnchor(check)}" title="${escapeHtml(`${check} (${level}): ${verdictLook[verdict.status].label}\n${title}`)}">${verdictLook[verdict.status].glyph}</a>`,
        );
      return `<div class="topic"><span>${escapeHtml(topic)}</span><span class="tiles">${tiles.join("")}</span></div>`;
    });
    return `<section class="block"><h3>${escapeHtml(group)} <small>${passed}/${members.length}</small></h3>${rows.join("")}</section>`;
  });
  return `<div class="matrix">${blocks.join("")}</div>`;
}

function topicOf(check: string): string {
  return check.split("/").slice(0, -1).join("/");
}
