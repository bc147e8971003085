import { readFileSync } from "node:fs";

/** Styles of every page. */
export function pageStyles(): string {
  return asset("report-page.css");
}

/**
 * The script of a report's page: filters the cards by verdict, level and text, and opens the card that a tile leads to.
 */
export function filterScript(): string {
  return asset("report-page.js");
}

/** Assets stand beside `src` and `dist`, three folders up from this file in either. */
function asset(name: string): string {
  return readFileSync(new URL(`../../../assets/${name}`, import.meta.url), "utf8");
}
