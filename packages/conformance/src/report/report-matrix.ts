import type { WrittenReport, WrittenResult } from "./written-report.js";

/** One check over several reports. */
export interface MatrixRow {
  readonly check: string;
  readonly title: string;
  readonly level: WrittenResult["level"];
  readonly group: string;
  /** The status in each report, in order; `undefined` where the check did not run. */
  readonly statuses: readonly (WrittenResult["verdict"]["status"] | undefined)[];
}

/** Several subjects side by side. */
export interface ReportMatrix {
  readonly servers: readonly {
    readonly name: string;
    readonly text: string;
    readonly outcome: WrittenReport["conclusion"]["outcome"];
  }[];
  /** In the order in which the reports name the checks. */
  readonly rows: readonly MatrixRow[];
}

/** Puts reports side by side, under the given names. */
export function reportMatrix(reports: readonly (readonly [name: string, report: WrittenReport])[]): ReportMatrix {
  const byCheck = reports.map(([, { results }]) => new Map(results.map((result) => [result.check, result])));
  const first = new Map(
    reports
      .flatMap(([, { results }]) => results)
      .toReversed()
      .map((result) => [result.check, result]),
  );
  const order = [...new Set(reports.flatMap(([, { results }]) => results.map(({ check }) => check)))];
  return {
    servers: reports.map(
      ([
        name,
        {
          conclusion: { text, outcome },
        },
      ]) => ({ name, text, outcome }),
    ),
    rows: order.flatMap((check) => {
      const described = first.get(check);
      if (described === undefined) return [];
      const { title, level, group } = described;
      return [{ check, title, level, group, statuses: byCheck.map((results) => results.get(check)?.verdict.status) }];
    }),
  };
}

/** Writes a matrix as Markdown: the conclusions, then every check on which somebody is not green. */
export function matrixText({ servers, rows }: ReportMatrix): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  const notable = rows.filter(({ statuses }) => statuses.some((status) => status !== "pass"));
  return [
    line(["", ...servers.map(({ name }) => name)]),
    `|---|${"---|".repeat(servers.length)}`,
    line(["conclusion", ...servers.map(({ text }) => text)]),
    ...notable.map(({ check, statuses }) => line([`\`${check}\``, ...statuses.map((status) => status ?? "not run")])),
    "",
    `${rows.length - notable.length} of ${rows.length} checks pass everywhere.`,
    "",
  ].join("\n");
}
