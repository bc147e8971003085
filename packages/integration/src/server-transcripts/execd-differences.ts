/** A case in which the reference server departs from the recording on purpose. */
export interface DeliberateDifference {
  readonly reason: string;
  /** `<step>:<aspect>` of everything that differs; the suite fails for one that no longer does. */
  readonly aspects: readonly string[];
}

/** Every deliberate difference of the reference server's execd, by case. */
export const EXECD_DIFFERENCES: Readonly<Record<string, DeliberateDifference>> = {
  "execd/background/status-at-init": {
    reason:
      "X60, reference as specified: a background command is known as soon as its init is; the gap is the fault background-late-registration",
    aspects: ["1:status", "1:body"],
  },
  "execd/code/create-context-hangs": {
    reason:
      "X28, reference as specified: a context that cannot be made is refused at once instead of after 60 attempts",
    aspects: ["0:status", "0:headers", "0:end", "0:early", "0:body"],
  },
  "execd/command/interrupt": {
    reason:
      "execd.md 3.2: an interrupt answers when the group has ended; the recorded one also waited for a zombie to be collected",
    aspects: ["1:early"],
  },
  "execd/files/delete": {
    reason: "X36, reference as specified: links are deleted, dangling ones and links to directories too",
    aspects: ["4:status", "4:headers", "4:body", "6:status", "6:body"],
  },
  "execd/files/download-directory": {
    reason: "X43, reference as specified: a directory is refused instead of announced with a bogus length",
    aspects: ["0:status", "0:headers", "0:end", "0:body"],
  },
  "execd/files/download-range-malformed": {
    reason: "X40, reference as specified: a 416 announces the length it has",
    aspects: ["0:headers", "0:end", "1:headers", "1:body"],
  },
  "execd/session/line-over-16mib": {
    reason:
      "execd.md 2.3: a line that is too long ends the run at once; the stall until the timeout only harms (architecture.md 6, Fidelity)",
    aspects: ["2:early", "2:end", "2:events", "2:tail", "3:early"],
  },
  "execd/session/timeout-child": {
    reason: "X20, reference as specified: a timeout is kept even while a child holds the output",
    aspects: ["1:early"],
  },
};
