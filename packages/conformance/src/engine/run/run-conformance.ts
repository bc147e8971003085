import { Observable } from "rxjs";
import { allChecks } from "../../checks/all-checks.js";
import { readCatalogue } from "../../model/read-catalogue.js";
import { InvalidArgumentError } from "../../model/invalid-argument-error.js";
import type { Subject } from "../../model/subject.js";
import { type ConformanceOptions, resolveConformanceOptions } from "./conformance-options.js";
import type { ConformanceProgress } from "./conformance-progress.js";
import { checkSandboxSetup } from "../../model/sandbox-setup.js";
import { conductRun } from "./conduct-run.js";

/**
 * Judges a subject against the requirements.
 *
 * Throws {@link InvalidArgumentError} at the call for bad options.
 * Producer: the run starts on subscribe, once per subscriber.
 * Emits progress; the last value is `finished` with the report. A subject that is not conformant, or that does not
 * answer, is a report, not an error.
 * A fault of the suite is a report as well, with exit code 5; errors only when none can be made.
 * Unsubscribe ends the run: the checks stop, and the sandboxes of the run are deleted in the background.
 */
export function runConformance(subject: Subject, options: ConformanceOptions = {}): Observable<ConformanceProgress> {
  const resolved = resolveConformanceOptions(options);
  if (
    subject.kind === "server" &&
    subject.lifecycle === undefined &&
    subject.execd === undefined &&
    subject.egress === undefined
  ) {
    throw new InvalidArgumentError("subject", "the address of at least one server");
  }
  for (const [name, address] of subject.kind === "server"
    ? Object.entries({ lifecycle: subject.lifecycle, execd: subject.execd, egress: subject.egress })
    : []) {
    if (address !== undefined && !/^https?:\/\/[^/]/.test(address.url))
      throw new InvalidArgumentError(`subject.${name}.url`, "an http or https address");
  }
  if (subject.kind === "server" && subject.lifecycle !== undefined) checkSandboxSetup(subject.lifecycle);
  return new Observable((subscriber) => {
    const stop = new AbortController();
    void conductRun({
      subject,
      options: resolved,
      checks: resolved.checks ?? allChecks,
      catalogue: readCatalogue(),
      signal: stop.signal,
      emit: (progress) => subscriber.next(progress),
    }).then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => stop.abort();
  });
}
