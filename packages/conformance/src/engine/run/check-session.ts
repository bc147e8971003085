import type { Check } from "../../model/check.js";
import type { CheckContext, Expectation, SandboxFixture } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { Blocked, Unverifiable, Violation } from "../../model/outcome.js";
import type { Evidence, Finding } from "../../model/verdict.js";
import { type Recorder, recorder } from "./recorder.js";
import type { CapabilityFacts } from "../reach/capability-facts.js";
import { type ClosableEndpoint, makeEndpoint } from "../reach/make-endpoint.js";
import { pause } from "./pause.js";
import { type CaseStatistics, runProperty } from "./run-property.js";
import type { RunState } from "./run-state.js";
import type { InnerAddress, SandboxPool } from "../reach/sandbox-pool.js";
import { type SeededRandom, seededRandom } from "../../model/seeded-random.js";
import { secretSymbols } from "../../model/sandbox-setup.js";
import type { LifecycleAddress, RuleSubject } from "../../model/subject.js";
import { createRequest } from "../reach/create-request.js";

/** Something that was seen where any reading is accepted. */
export interface Observation {
  readonly clause: string;
  readonly reading: string;
  readonly value?: unknown;
}

/** The parts of a subject that are there. */
export interface SubjectParts {
  readonly lifecycle?: InnerAddress & {
    readonly address: LifecycleAddress;
    readonly onAnswer: NonNullable<Parameters<typeof makeEndpoint>[0]["onAnswer"]>;
  };
  readonly execd?: InnerAddress;
  readonly egress?: InnerAddress;
  readonly allowsMutation?: boolean;
  readonly pool?: SandboxPool;
  readonly rule?: RuleSubject;
}

/** What a check, or one claim of it, has seen so far. */
export interface SessionNotes {
  readonly evidence: readonly Evidence[];
  readonly warnings: readonly Finding[];
  readonly observations: readonly Observation[];
  readonly statistics: readonly CaseStatistics[];
}

/** A claim that was judged: what it saw, and what ended it early. */
export interface JudgedClaim extends SessionNotes {
  readonly check: Check;
  readonly error?: unknown;
}

/** One run of one check: its context, and what it has seen so far outside its claims. */
export interface CheckSession extends SessionNotes {
  readonly context: CheckContext;
  /** The claims that were judged, by name. */
  readonly claims: ReadonlyMap<string, JudgedClaim>;
  readonly recorder: Recorder;
  /** Runs the clean-ups and closes every connection; gives what was left behind. */
  close(): Promise<readonly string[]>;
}

/** What a session is made of. */
export interface CheckSessionParts {
  readonly check: Check;
  readonly state: RunState;
  readonly subject: SubjectParts;
  readonly facts: CapabilityFacts;
  readonly signal: AbortSignal;
  readonly onProgress: (what: string) => void;
}

/** Makes the context of one run of a check. */
export function checkSession(parts: CheckSessionParts): CheckSession {
  const { check, state, subject, facts, signal } = parts;
  const notes = recorder(state.now, state.nextSymbol);
  for (const [value, symbol] of secretSymbols(subject.lifecycle?.address ?? {})) notes.name(value, symbol);
  const endpoints = new Map<string, ClosableEndpoint>();
  const outside = emptyNotes();
  const claims = new Map<string, JudgedClaim>();
  let claim: { readonly check: Check; readonly notes: Notes } | undefined;
  const current = (): Notes => claim?.notes ?? outside;
  const cleanUps: { readonly what: string; readonly cleanUp: () => Promise<unknown> }[] = [];

  // A shared run has the same random values whichever of its checks is asked for.
  const randomName = check.shared?.id ?? check.id;
  const random = seededRandom(state.seed, randomName);
  let caseRandom: SeededRandom | undefined;

  const endpoint = (
    name: Endpoint["name"],
    address: InnerAddress,
    onAnswer?: Parameters<typeof makeEndpoint>[0]["onAnswer"],
  ): ClosableEndpoint => {
    const known = endpoints.get(address.symbol);
    if (known !== undefined) return known;
    for (const value of Object.values(address.headers))
      if (!notes.symbols.has(value)) notes.name(value, name === "lifecycle" ? "$key" : `$token-${name}`);
    const made = makeEndpoint({
      name,
      access: state.access,
      ...address,
      recorder: notes,
      budget: state.budget,
      now: state.now,
      ...(onAnswer === undefined ? {} : { onAnswer }),
    });
    endpoints.set(address.symbol, made);
    return made;
  };
  const finding = ({ invariant, clause, expected = true, observed = false, times }: Expectation): Finding => ({
    reason: { clause: clause ?? (claim?.check ?? check).clauses[0], invariant },
    expected,
    observed,
    ...(times === undefined ? {} : { times }),
  });
  const sandbox: CheckContext["sandbox"] = async (wishes = {}) => {
    if (subject.pool === undefined) throw new Unverifiable("the subject has no lifecycle server");
    const pooled = await subject.pool.obtain(check.group, wishes);
    notes.adopt(pooled.fixture);
    const fixture: SandboxFixture = {
      id: pooled.id,
      created: pooled.created,
      execd: endpoint("execd", pooled.execd),
      get egress() {
        if (pooled.egress === undefined) throw new Blocked("the sidecar of a sandbox without a policy");
        return endpoint("egress", pooled.egress);
      },
    };
    if (wishes.isExclusive === true)
      cleanUps.push({
        what: `/v1/sandboxes/${pooled.id}`,
        cleanUp: () => context.lifecycle.call({ method: "DELETE", path: `/v1/sandboxes/${pooled.id}` }),
      });
    return fixture;
  };

  const context: CheckContext = {
    depth: state.depth,
    runName: state.id,
    get random() {
      return caseRandom ?? random;
    },
    signal,
    size: (quick, standard, full) => ({ quick, standard, full })[state.depth],
    has: (capability) => facts.has(capability),
    createRequest(fields = {}) {
      if (subject.lifecycle === undefined) throw new Unverifiable("the subject has no lifecycle server");
      return createRequest(subject.lifecycle.address, state.id, fields);
    },
    hasKey: subject.lifecycle?.address.apiKey !== undefined,
    get lifecycle() {
      if (subject.lifecycle === undefined) throw new Unverifiable("the subject has no lifecycle server");
      return endpoint("lifecycle", subject.lifecycle, subject.lifecycle.onAnswer);
    },
    execd: async () => (subject.execd === undefined ? (await sandbox()).execd : endpoint("execd", subject.execd)),
    async egress() {
      if (subject.egress !== undefined) return endpoint("egress", subject.egress);
      return (await sandbox({ fields: { networkPolicy: { defaultAction: "deny", egress: [] } } })).egress;
    },
    echo: subject.lifecycle?.address.echo,
    isSidecarBorrowed: subject.egress !== undefined,
    allowsMutation: subject.allowsMutation === true,
    sandbox,
    get rule() {
      if (subject.rule === undefined) throw new Unverifiable("the subject is not a rule");
      return subject.rule;
    },
    async claim(name, judge) {
      const claimed = check.shared?.claims.get(name);
      if (claimed === undefined) throw new Error(`the run of ${check.id} has no claim ${name}`);
      if (claim !== undefined || claims.has(name))
        throw new Error(`the claim ${name} is judged twice or inside another`);
      const notes = emptyNotes();
      claim = { check: claimed, notes };
      try {
        await judge();
        claims.set(name, { check: claimed, ...notes });
      } catch (error) {
        // The end of the run says nothing about this claim.
        if (signal.aborted) throw error;
        claims.set(name, { check: claimed, ...notes, error });
      } finally {
        claim = undefined;
      }
    },
    must(holds, expectation) {
      if (!holds) throw new Violation(finding(expectation));
    },
    should(holds, expectation) {
      if (!holds) current().warnings.push(finding(expectation));
    },
    observe: (clause, reading, value) =>
      void current().observations.push({ clause, reading, ...(value === undefined ? {} : { value }) }),
    positive: (what) => void current().evidence.push({ control: "positive", what }),
    negative: (what) => void current().evidence.push({ control: "negative", what }),
    async property(plan) {
      current().statistics.push(
        await runProperty(plan, {
          check,
          state,
          recorder: notes,
          signal,
          onProgress: parts.onProgress,
          reseed: (attempt) => void (caseRandom = seededRandom(state.seed, `${randomName}#${attempt}`)),
        }).finally(() => (caseRandom = undefined)),
      );
    },
    pause: (ms) => pause(ms, signal),
    async waitUntil(ask, done, withinMs) {
      const deadline = state.now() + withinMs;
      for (let waitMs = 20; ; waitMs = Math.min(waitMs * 1.6, 500)) {
        const value = await ask();
        if (done(value) || state.now() > deadline) return value;
        await pause(Math.min(waitMs, Math.max(0, deadline - state.now()) + 1), signal);
      }
    },
    defer: (what, cleanUp) => void cleanUps.push({ what, cleanUp }),
    secret: (value) => state.secrets.add(value),
    progress: parts.onProgress,
  };

  return {
    context,
    ...outside,
    claims,
    recorder: notes,
    async close() {
      const left: string[] = [];
      for (const { what, cleanUp } of cleanUps.toReversed()) {
        await cleanUp().catch(() => left.push(what));
      }
      for (const open of endpoints.values()) open.close();
      return left;
    },
  };
}

interface Notes extends SessionNotes {
  readonly evidence: Evidence[];
  readonly warnings: Finding[];
  readonly observations: Observation[];
  readonly statistics: CaseStatistics[];
}

function emptyNotes(): Notes {
  return { evidence: [], warnings: [], observations: [], statistics: [] };
}
