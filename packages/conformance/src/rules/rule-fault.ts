/**
 * A rule did not answer: `hang` is silence past the watchdog and counts against the rule, `fault` is a crash, an answer
 * of another shape or too much output, and is an error of the harness around it.
 */
export class RuleFault extends Error {
  readonly kind: "hang" | "fault";

  constructor(kind: "hang" | "fault", message: string) {
    super(message);
    this.name = "RuleFault";
    this.kind = kind;
  }
}
