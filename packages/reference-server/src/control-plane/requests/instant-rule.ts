import { report, type Rule } from "./validation-rule.js";

/** Numbers beyond this are milliseconds, below it seconds (`lifecycle.md` 4). */
const LARGEST_SECONDS = 2e10;

/** The years 1 to 9999. */
const EARLIEST_MS = Date.parse("0001-01-01T00:00:00Z");
const LATEST_MS = Date.parse("9999-12-31T23:59:59.999Z");
const OUT_OF_RANGE = "dates after 9999 are not supported as unix timestamps";

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt _](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** A point in time as milliseconds since the epoch: RFC 3339 with odds and ends, a date, or Unix seconds. */
export const instant: Rule<number> = (value, location, issues) => {
  const inRange = (milliseconds: number): number | undefined =>
    milliseconds >= EARLIEST_MS && milliseconds <= LATEST_MS
      ? milliseconds
      : report(issues, "datetime_parsing", location, `Input should be a valid datetime, ${OUT_OF_RANGE}`, value, {
          error: OUT_OF_RANGE,
        });
  if (typeof value === "number") return inRange(fromNumber(value));
  if (typeof value !== "string")
    return report(issues, "datetime_type", location, "Input should be a valid datetime", value);
  const text = value.trim();
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return inRange(fromNumber(Number(text)));
  const milliseconds = fromText(text);
  if (milliseconds !== undefined) return milliseconds;
  const reason = text.length < 10 ? "input is too short" : "invalid character in year";
  return report(
    issues,
    "datetime_from_date_parsing",
    location,
    `Input should be a valid datetime or date, ${reason}`,
    value,
    { error: reason },
  );
};

/** RFC 3339 in UTC; six digits of a second, present only when they are not zero (`lifecycle.md` 1). */
export function formatInstant(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  return text.endsWith(".000Z") ? text.replace(".000Z", "Z") : text.replace("Z", "000Z");
}

function fromNumber(value: number): number {
  return Math.abs(value) > LARGEST_SECONDS ? value : value * 1000;
}

function fromText(text: string): number | undefined {
  const match = INSTANT.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = "Z"] = match;
  const offset =
    zone.toUpperCase() === "Z"
      ? "Z"
      : zone.includes(":")
        ? zone
        : `${zone.slice(0, 3)}:${zone.slice(3).padEnd(2, "0")}`;
  const milliseconds = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, "0")}${offset}`,
  );
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
