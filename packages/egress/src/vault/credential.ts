/** A secret under a name by which bindings refer to it. */
export interface Credential {
  /** Not blank; white space around it does not count. */
  readonly name: string;
  readonly source: InlineCredentialSource;
}

/** A secret given with the request. */
export interface InlineCredentialSource {
  /** The only kind there is, and the default. */
  readonly type?: "inline";
  /**
   * Write-only: no answer holds it, and no error, event or debug line of this library shows it. Not empty, without line
   * breaks.
   */
  readonly value: string;
}
