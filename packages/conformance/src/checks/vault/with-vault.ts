import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { Blocked, Unverifiable } from "../../model/outcome.js";
import { objectOf, statusOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";
import { type OwnRules, ownRules } from "../policy/own-rules.js";
import { vaultSidecar } from "./vault-sidecar.js";

/** A sidecar whose vault is this check's alone. */
export interface Vault {
  readonly egress: Endpoint;
  readonly rules: OwnRules;
  /** A host that the policy allows. */
  host(name: string): string;
  /** A credential with a value that nothing else has. */
  credential(name: string): {
    readonly name: string;
    readonly source: { readonly type: "inline"; readonly value: string };
  };
  /** Every value that {@link credential} made. */
  readonly values: readonly string[];
  /** Sends a request below `/credential-vault`. */
  call(method: string, json?: unknown, path?: string): Promise<WireExchange>;
  /** Makes the vault, which must be taken. */
  create(credentials: readonly unknown[], bindings?: readonly unknown[]): Promise<WireExchange>;
  /** What the vault tells of itself. */
  state(): Promise<VaultReading>;
  /** Every answer so far. */
  readonly answers: readonly WireExchange[];
}

/** What is compared of a vault. */
export interface VaultReading {
  readonly status: number;
  readonly revision: number;
  readonly credentials: readonly string[];
  readonly bindings: readonly string[];
}

/** A sidecar has one vault: checks take turns. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Runs a check on a sidecar without vault, the given one or that of its group, and leaves it without. Unverifiable
 * where the vault is somebody else's.
 */
export async function withVault(
  context: CheckContext,
  use: (vault: Vault) => Promise<void>,
  own?: Endpoint,
): Promise<void> {
  if (own === undefined && context.isSidecarBorrowed && !context.allowsMutation)
    throw new Unverifiable("a vault cannot be restored: its checks need leave to change what they find");
  const egress = own ?? (await vaultSidecar(context));
  const turn = (turns.get(egress.url) ?? Promise.resolve()).then(() => takeTurn(context, egress, use));
  turns.set(
    egress.url,
    turn.catch(() => undefined),
  );
  await turn;
}

/** A binding of a credential to a host. */
export function binding(name: string, credential: string, host: string): Readonly<Record<string, unknown>> {
  return { name, match: { hosts: [host] }, auth: { type: "bearer", credential } };
}

/** What an answer with a state says. */
export function readingOf(answer: WireExchange): VaultReading {
  const { revision, credentials, bindings } = objectOf(answer);
  return {
    status: statusOf(answer),
    revision: Number(revision),
    credentials: namesOf(credentials),
    bindings: namesOf(bindings),
  };
}

/** The names of a list of items, in order of the alphabet. */
export function namesOf(items: unknown): readonly string[] {
  return Array.isArray(items)
    ? (items as readonly { readonly name?: unknown }[]).map((item) => String(item?.name)).sort()
    : [];
}

async function takeTurn(context: CheckContext, egress: Endpoint, use: (vault: Vault) => Promise<void>): Promise<void> {
  const answers: WireExchange[] = [];
  const values: string[] = [];
  const call: Vault["call"] = async (method, json, path = "") => {
    const answer = await egress.call({
      method,
      path: `/credential-vault${path}`,
      ...(json === undefined ? {} : { json }),
    });
    answers.push(answer);
    return answer;
  };
  const found = statusOf(await call("GET"));
  if (found === 200 && context.isSidecarBorrowed)
    throw new Unverifiable("the sidecar has a vault already, whose values cannot be restored");
  if (found === 200) await call("DELETE");
  else if (found !== 404) throw new Blocked(`reading the vault (status ${found})`);
  const rules = await ownRules(context, egress);
  await rules.add("allow *.v");
  try {
    await use({
      egress,
      rules,
      host: (name) => rules.target(`${name}.v`),
      credential(name) {
        const value = `rxv-${context.random.token(24)}`;
        values.push(value);
        context.secret(value);
        return { name, source: { type: "inline", value } };
      },
      values,
      call,
      async create(credentials, bindings = []) {
        const answer = await call("POST", { credentials, bindings });
        context.must(statusOf(answer) === 201, {
          clause: "egress.vault.create",
          invariant: "created",
          expected: 201,
          observed: statusOf(answer),
        });
        return answer;
      },
      state: async () => readingOf(await call("GET")),
      answers,
    });
  } finally {
    // At once and not after the check: the next one is waiting. A sidecar that is gone has no vault either.
    await egress.call({ method: "DELETE", path: "/credential-vault" }).catch(() => undefined);
  }
}
