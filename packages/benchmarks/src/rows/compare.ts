import type { SubjectName } from "../worker/subject.js";
import type { Figure, Row } from "./benchmark.js";

export const perEvent: NonNullable<Figure["cpu"]> = { metric: "cpuUsPerEvent", unit: "us" };

/** The two figures of a line that compares this client with one way of the official one. */
export function compare(
  id: string,
  measurement: string,
  official: SubjectName,
  metric: string,
  cpu?: Figure["cpu"],
): Pick<Row, "id" | "reference" | "ours"> {
  const figure = { measurement, metric, ...(cpu && { cpu }) };
  return { id, reference: { ...figure, subject: official }, ours: { ...figure, subject: "rxsandbox" } };
}

/** The same with the raw reader beside it. */
export function compareRaw(
  ...args: Parameters<typeof compare>
): Pick<Row, "id" | "reference" | "ours"> & Required<Pick<Row, "raw">> {
  const row = compare(...args);
  return { ...row, raw: { ...row.ours, subject: "raw" } };
}

/** A line that compares events per second. */
export function eventRow(
  id: string,
  measurement: string,
  work: string,
  official: SubjectName,
  atLeastTimes?: number,
): Row {
  return {
    ...compareRaw(id, measurement, official, "eventsPerSecond", perEvent),
    work,
    unit: "events/s",
    better: "higher",
    ...(atLeastTimes !== undefined && { target: { atLeastTimes } }),
  };
}
