import type { Finding } from "./verdict.js";

/** Ends a check: an expectation did not hold. Thrown by `context.must`; a check may also throw it itself. */
export class Violation extends Error {
  readonly finding: Finding;

  constructor(finding: Finding) {
    super(`${finding.reason.clause}: ${finding.reason.invariant}`);
    this.name = "Violation";
    this.finding = finding;
  }
}

/** Ends a check: it could not be exercised, for a reason that is not the subject's fault. */
export class Unverifiable extends Error {
  constructor(because: string) {
    super(because);
    this.name = "Unverifiable";
  }
}

/** Ends a check: something that it needs failed, named by the id of a check or by what was being set up. */
export class Blocked extends Error {
  readonly by: string;

  constructor(by: string) {
    super(`blocked by ${by}`);
    this.name = "Blocked";
    this.by = by;
  }
}

/** Ends a check: no answer came, or none that is HTTP. The runner asks for the subject's health before it blames it. */
export class NoAnswer extends Error {
  /** `no-answer`, `connection-lost` or `not-http`. */
  readonly invariant: string;

  constructor(invariant: "no-answer" | "connection-lost" | "not-http", what: string) {
    super(what);
    this.name = "NoAnswer";
    this.invariant = invariant;
  }
}

/** Ends a check: the subject was not said to have what it is about, and says that it does not; `absence` is how. */
export class NotApplicable extends Error {
  readonly absence: string;

  constructor(absence: string) {
    super(absence);
    this.name = "NotApplicable";
    this.absence = absence;
  }
}
