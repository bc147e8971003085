/** What a scenario leaves out of a behaviour of `docs/scenarios.md`, and why. */
export interface Exclusion {
  readonly number: number;
  readonly what: string;
  readonly reason: string;
}

/**
 * Limits of the embedded server, whose sandboxes are processes of the host, and of subjects. Every one is named here
 * and nowhere else.
 */
export const exclusions: readonly Exclusion[] = [
  {
    number: 10,
    what: "volumes of a bucket",
    reason: "the embedded server mounts no object storage; the request and its validation are covered by recordings",
  },
  {
    number: 11,
    what: "platform and access header of a secured sandbox",
    reason:
      "the official JavaScript suite does not require it; access tokens of the embedded server are covered by its own specs",
  },
  {
    number: 26,
    what: "a blocked host fails a program that takes no proxy from its environment",
    reason:
      "host processes share the host's network: the embedded server enforces the policy through proxy variables (docs/reference-server.md)",
  },
  {
    number: 27,
    what: "changes take effect on live requests",
    reason:
      "needs a host that shows what it was sent: packages/integration/src/egress-live.spec.ts; the embedded server puts nothing into https",
  },
  {
    number: 28,
    what: "28 to 31 for the official SDK and compat",
    reason:
      "the official code interpreter is another package, and not on the registry; compat's is covered by code-interpreter.spec.ts",
  },
  {
    number: 30,
    what: "Java, Go and TypeScript",
    reason: "the embedded server has kernels for JavaScript, Python and bash only, and tells the others by name",
  },
];
