import type { Check } from "../../model/check.js";
import { recorder } from "../run/recorder.js";
import type { ServerAddress, Subject } from "../../model/subject.js";
import { statusOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";
import { capabilityFacts, type CapabilityFacts } from "./capability-facts.js";
import { checkSession, type SubjectParts } from "../run/check-session.js";
import type { ResolvedConformanceOptions } from "../run/conformance-options.js";
import { createdResources } from "./created-resources.js";
import { type Health, healthGate } from "./health.js";
import { makeEndpoint } from "./make-endpoint.js";
import { probeCapability } from "./probe-capability.js";
import type { RunState } from "../run/run-state.js";
import { type InnerAddress, sandboxPool } from "./sandbox-pool.js";

/** A subject with everything that a run needs to speak to it. */
export interface ReachedSubject {
  readonly parts: SubjectParts;
  readonly facts: CapabilityFacts;
  readonly health: Health;
  /** Whether it answers at all, asked a few times within two seconds. */
  answers(): Promise<boolean>;
  /** Deletes what the run created; gives what is left. */
  close(): Promise<readonly string[]>;
}

/**
 * Most sandboxes that the checks of a run get, by depth; what create itself is asked for in a check of it is not
 * counted.
 */
const CREATES = { quick: 8, standard: 40, full: 400 } as const;

/** Prepares a subject: nothing is sent yet. */
export function reachSubject(subject: Subject, state: RunState, options: ResolvedConformanceOptions): ReachedSubject {
  const created = createdResources();
  const parts = subjectParts(subject, state, created.notice);
  const notes = recorder(state.now, state.nextSymbol);
  const probeAddress = parts.lifecycle ?? parts.execd ?? parts.egress;
  const probeName = parts.lifecycle !== undefined ? "lifecycle" : parts.execd !== undefined ? "execd" : "egress";
  const probePath = { lifecycle: "/health", execd: "/ping", egress: "/healthz" }[probeName];
  const endpoint =
    probeAddress === undefined
      ? undefined
      : makeEndpoint({
          name: probeName,
          access: state.access,
          ...probeAddress,
          recorder: notes,
          budget: state.budget,
          now: state.now,
          onAnswer: created.notice,
        });
  const askHealth = async (): Promise<WireExchange | undefined> =>
    endpoint?.open({ method: "GET", path: probePath }).finished;
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  const facts = capabilityFacts(
    subject.kind === "server" ? (subject.declares ?? []) : subject.ops,
    async (capability) => {
      if (subject.kind === "rule")
        return {
          isPresent: (subject.ops as readonly string[]).includes(capability),
          how: "the rule's own list of operations",
        };
      const session = checkSession({
        check: probeCheck,
        state,
        subject: parts,
        facts,
        signal: state.signal,
        onProgress: () => {},
      });
      try {
        return await probeCapability(capability, session.context);
      } finally {
        await session.close();
      }
    },
  );

  return {
    parts,
    facts,
    health: healthGate(async () => (await askHealth()) ?? nothing, wait),
    async answers() {
      if (endpoint === undefined) return true;
      for (let tries = 0; tries < 3; tries++) {
        if (tries > 0) await wait(tries * 500);
        if (statusOf((await askHealth()) ?? nothing) > 0) return true;
      }
      return false;
    },
    async close() {
      const cleaner =
        parts.lifecycle === undefined
          ? undefined
          : makeEndpoint({
              name: "lifecycle",
              access: state.access,
              ...parts.lifecycle,
              recorder: notes,
              budget: state.budget,
              now: state.now,
              onAnswer: created.notice,
            });
      const left = cleaner === undefined ? [] : await created.removeAll(cleaner, state.id);
      endpoint?.close();
      cleaner?.close();
      return left;
    },
  };

  function subjectParts(
    subject: Subject,
    state: RunState,
    onAnswer: ReturnType<typeof createdResources>["notice"],
  ): SubjectParts {
    if (subject.kind === "rule") return { rule: subject };
    const { lifecycle, execd, egress, allowsMutation = false } = subject;
    const key = lifecycle?.apiKey;
    for (const secret of [...(key === undefined ? [] : [key]), ...Object.values(lifecycle?.secretEnv ?? {})])
      state.secrets.add(secret);
    const lifecycleHeaders = { ...lifecycle?.headers, ...(key === undefined ? {} : { "OPEN-SANDBOX-API-KEY": key }) };
    for (const address of [lifecycle, execd, egress])
      for (const value of Object.values(address?.headers ?? {})) state.secrets.add(value);
    return {
      allowsMutation,
      ...(lifecycle === undefined
        ? {}
        : {
            lifecycle: {
              url: trimSlash(lifecycle.url),
              headers: lifecycleHeaders,
              symbol: "$lifecycle",
              onAnswer,
              address: lifecycle,
            },
            pool: sandboxPool({
              state,
              address: lifecycle,
              headers: lifecycleHeaders,
              onAnswer,
              limit: CREATES[options.depth],
            }),
          }),
      ...(execd === undefined ? {} : { execd: inner(execd, "$execd") }),
      ...(egress === undefined ? {} : { egress: inner(egress, "$egress") }),
    };
  }
}

const nothing: WireExchange = {
  method: "GET",
  url: "",
  startedAt: 0,
  head: undefined,
  chunks: [],
  end: "refused",
  endedAtMs: 0,
};

/** Probes run as a check would, in the sandbox of the daemon's group. */
const probeCheck: Check = {
  id: "suite/probe",
  title: "capabilities are probed",
  clauses: ["probe"],
  level: "INFO",
  part: "execd",
  group: "daemon",
  capability: "core",
  depth: "quick",
  run: async () => {},
};

function inner({ url, headers = {} }: ServerAddress, symbol: string): InnerAddress {
  return { url: trimSlash(url), headers, symbol };
}

function trimSlash(url: string): string {
  return url.replace(/\/$/, "");
}
