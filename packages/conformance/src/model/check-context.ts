import type { Arbitrary } from "fast-check";
import type { EchoService, RuleSubject } from "./subject.js";
import type { SeededRandom } from "./seeded-random.js";
import type { Capability, Depth } from "./check.js";
import type { Endpoint } from "./endpoint.js";
import type { Times } from "./verdict.js";

/** Both sides of a comparison, and which invariant of which clause it is about. */
export interface Expectation {
  /** Kebab-case name of what must hold, the second half of the reason code. */
  readonly invariant: string;
  /** The clause to blame; default the first of the check. */
  readonly clause?: string;
  readonly expected?: unknown;
  readonly observed?: unknown;
  readonly times?: Times;
}

/** What a sandbox is made with; sandboxes with equal wishes are shared by the checks of a group. */
export interface SandboxWishes {
  /**
   * A sandbox of the check's own, deleted after it; default false. Needed whenever its state, expiry or metadata
   * change.
   */
  readonly isExclusive?: boolean;
  /** Further fields of the create request, as on the wire. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** A running sandbox of this run. */
export interface SandboxFixture {
  readonly id: string;
  /** The answer of the create call. */
  readonly created: Readonly<Record<string, unknown>>;
  readonly execd: Endpoint;
  /** The sidecar of a sandbox that was created with a `networkPolicy`; reading it is `Blocked` for any other. */
  readonly egress: Endpoint;
}

/** Generated cases of one property. */
export interface PropertyPlan<T> {
  readonly arbitrary: Arbitrary<T>;
  /** Cases that are tried before generated ones, and count as runs: edges that few random values meet. */
  readonly edges?: readonly T[];
  /** Number of cases by depth; default 20, 50, 200. Properties of pure rules take 1,000 and more. */
  readonly runs?: Readonly<Record<Depth, number>>;
  /** Names of the classes a case belongs to; their shares are printed. */
  readonly classes?: (value: T) => readonly string[];
  /** Smallest share of a class, 0 to 1; below it the check is an `error`. */
  readonly shares?: Readonly<Record<string, number>>;
  /** Judges one case; uses `must`. */
  readonly test: (value: T) => Promise<void>;
}

/** What a check works with. Everything it sends through an endpoint is recorded for the reproducer. */
export interface CheckContext {
  /** Depth of the run; use {@link size} for numbers. */
  readonly depth: Depth;
  /** Random values of this check, fixed by the seed of the run and the id of the check. */
  readonly random: SeededRandom;
  /** A name that no other run has, whatever its seed: for what runs may share, such as the ports of one host. */
  readonly runName: string;
  /** Aborted when the run ends early. */
  readonly signal: AbortSignal;
  /** One of three values by depth. */
  size<T>(quick: T, standard: T, full: T): T;
  /** Whether the subject has a capability, declared or probed. */
  has(capability: Capability): Promise<boolean>;

  /**
   * The body of a create request that must succeed, with the given fields changed (`undefined` leaves one out). What it
   * makes carries the label of the run.
   */
  createRequest(fields?: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** Whether the subject came with a key of its lifecycle API. */
  readonly hasKey: boolean;
  /** The lifecycle API, with the key. */
  readonly lifecycle: Endpoint;
  /** The daemon: of the subject's own address, else of a sandbox that the checks of this group share. */
  execd(): Promise<Endpoint>;
  /** The sidecar: of the subject's own address, else of a sandbox of this group with a policy. */
  egress(): Promise<Endpoint>;
  /**
   * Whether the sidecar is one by address, whose policy and vault are somebody else's: what a check changes there it
   * restores.
   */
  readonly isSidecarBorrowed: boolean;
  /** The echo service that the subject came with. */
  readonly echo: EchoService | undefined;
  /** Whether a check may change what cannot be restored in a borrowed sidecar. */
  readonly allowsMutation: boolean;
  /** A sandbox of this run; shared unless `isExclusive`. Blocked when it cannot be had. */
  sandbox(wishes?: SandboxWishes): Promise<SandboxFixture>;
  /** The rule under test. */
  readonly rule: RuleSubject;

  /**
   * Judges one claim of a run that several checks share, and goes on whatever comes of it. `name` is the last part of
   * the id of its check. Controls that were seen outside the claims count for each of them.
   */
  claim(name: string, judge: () => Promise<void>): Promise<void>;
  /** Ends the check, or the claim, with a violation unless `holds`. */
  must(holds: boolean, expectation: Expectation): void;
  /** Notes a warning unless `holds`, and goes on: for a SHOULD clause inside a check. */
  should(holds: boolean, expectation: Expectation & { readonly clause: string }): void;
  /** Notes what was observed where any reading is accepted, for INFO and disputed clauses. */
  observe(clause: string, reading: string, value?: unknown): void;
  /** Says that the subject did what it should, and how that was seen. */
  positive(what: string): void;
  /** Says that the subject told a wrong thing from a right one, and how that was seen. */
  negative(what: string): void;
  /** Judges generated cases. Rejects with the violation of the smallest case found. */
  property<T>(plan: PropertyPlan<T>): Promise<void>;

  /** Waits. Only for what the protocol gives no event for; prefer {@link waitUntil}. */
  pause(ms: number): Promise<void>;
  /**
   * Asks again, with growing pauses from 20 to 500 ms, until `done` holds or the time is over; gives the last value.
   */
  waitUntil<T>(ask: () => Promise<T>, done: (value: T) => boolean, withinMs: number): Promise<T>;
  /** Runs after the check in any case, last first. A clean-up that fails is reported as a leak. */
  defer(what: string, cleanUp: () => Promise<unknown>): void;
  /** Keeps a value out of everything that is written. */
  secret(value: string): void;
  /** Says which case is being tried, for the progress line. */
  progress(what: string): void;
}
