import type { Client, ClientOptions, Sandbox } from "@rxsandbox/client";
import type { Observable, ObservableInput } from "rxjs";

/** What a scenario in this project's own style works with. */
export interface OwnContext {
  readonly client: Client;
  /** Of that client, for scenarios that need another one. */
  readonly options: ClientOptions & { readonly access: "direct" | "proxy" };
  /** Emits what `project` emits, with a sandbox that lives as long as that. */
  inSandbox<T>(project: (sandbox: Sandbox) => ObservableInput<T>): Observable<T>;
}

/**
 * The same behaviour as the official-style scenario of that number, as a user of the Observables writes it. Errors with
 * what differs.
 */
export interface OwnScenario {
  /** Number in the list of behaviours (`docs/scenarios.md`). */
  readonly number: number;
  readonly name: string;
  run(context: OwnContext): Observable<unknown>;
}
