import type {
  AdapterFactory,
  CreateEgressStackOptions,
  CreateExecdStackOptions,
  EgressStack,
  ExecdStack,
} from "../adapters/adapter-factory.js";
import type { CreateSandboxRequest } from "../models/lifecycle.js";
import type { Sandboxes } from "../models/sandboxes.js";

/** A factory without any network, and what it was asked for. */
export interface FakeAdapters {
  readonly adapterFactory: AdapterFactory;
  /** Calls of `sandboxes`, each with its arguments. */
  readonly calls: (readonly [name: string, ...args: unknown[]])[];
  readonly created: CreateSandboxRequest[];
  readonly daemons: CreateExecdStackOptions[];
  readonly sidecars: CreateEgressStackOptions[];
}

/** Fakes sandbox `f` behind `box.test`; `execd`, `egress` and `sandboxes` take the place of what it would answer. */
export function fakeAdapters(
  parts: {
    readonly sandboxes?: Partial<Sandboxes>;
    readonly execd?: Partial<ExecdStack>;
    readonly egress?: object;
  } = {},
): FakeAdapters {
  const calls: (readonly [string, ...unknown[]])[] = [];
  const created: CreateSandboxRequest[] = [];
  const daemons: CreateExecdStackOptions[] = [];
  const sidecars: CreateEgressStackOptions[] = [];
  const answers: Partial<Sandboxes> = {
    createSandbox: (request) => {
      created.push(request);
      return Promise.resolve({ id: "f" } as never);
    },
    getSandboxEndpoint: (_id, port) =>
      Promise.resolve({ endpoint: `box.test/${port}`, headers: { "x-port": String(port) } }),
    resumeSandbox: () => Promise.resolve(),
    deleteSandbox: () => Promise.resolve(),
    ...parts.sandboxes,
  };
  const sandboxes = new Proxy({} as Sandboxes, {
    get:
      (_, name: keyof Sandboxes) =>
      (...args: never[]) => {
        calls.push([name, ...args]);
        const answer = answers[name] as ((...args: never[]) => Promise<unknown>) | undefined;
        return answer === undefined ? Promise.reject(new Error(`${name} is not faked`)) : answer(...args);
      },
  });
  const egress = parts.egress ?? {
    getPolicy: () => Promise.resolve({ defaultAction: "deny" }),
    patchRules: () => Promise.resolve(),
    deleteRules: () => Promise.resolve(),
  };
  return {
    calls,
    created,
    daemons,
    sidecars,
    adapterFactory: {
      createLifecycleStack: () => ({ sandboxes }),
      createExecdStack: (opts) => {
        daemons.push(opts);
        return {
          commands: {},
          files: {},
          metrics: {},
          health: { ping: () => Promise.resolve(true) },
          ...parts.execd,
        } as ExecdStack;
      },
      createEgressStack: (opts) => {
        sidecars.push(opts);
        return { egress } as EgressStack;
      },
    },
  };
}
