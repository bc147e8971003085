import { lastValueFrom } from "rxjs";
import type { SandboxError } from "@rxsandbox/client";
import { startLongTimer, toSandboxError } from "@rxsandbox/transport";
import type { PoolClient, PoolEvent } from "../pool.js";
import type { ReadPoolOptions } from "../read-pool-options.js";
import type { StoreCalls } from "./store-calls.js";

const CLOSE_WAIT_MS = 15_000;
/** What an idle sandbox lives longer than it may be idle: an eviction finds it alive. */
const IDLE_SLACK_SECONDS = 60;

/** What the parts of one pool share. */
export interface PoolConnection {
  readonly client: PoolClient;
  readonly options: ReadPoolOptions;
  /** This pool object among all that share the pool. */
  readonly owner: string;
  readonly store: StoreCalls;
  readonly emit: (event: PoolEvent) => void;
  readonly kills: Kills;
  /** An id that no other pool object makes. */
  readonly nextId: () => string;
  readonly isClosed: () => boolean;
}

/** Seconds that an idle sandbox has to live. */
export function idleLifeSeconds({ maxIdleSeconds }: ReadPoolOptions): number {
  return maxIdleSeconds + IDLE_SLACK_SECONDS;
}

/** The kills under way. */
export class Kills {
  private readonly client: PoolClient;
  private readonly emit: (event: PoolEvent) => void;
  private readonly running = new Set<Promise<unknown>>();

  constructor(client: PoolClient, emit: (event: PoolEvent) => void) {
    this.client = client;
    this.emit = emit;
  }

  /** Resolves with what went wrong; never rejects. */
  kill(sandboxId: string): Promise<SandboxError | undefined> {
    const work = lastValueFrom(this.client.attach(sandboxId).kill(), { defaultValue: undefined }).then(
      () => undefined,
      (thrown: unknown) => {
        const error = toSandboxError(thrown, { what: `Kill sandbox ${sandboxId}` });
        this.emit({ type: "kill-failed", sandboxId, error });
        return error;
      },
    );
    this.running.add(work);
    void work.finally(() => this.running.delete(work));
    return work;
  }

  /** Resolves when none runs, and after 15 s in any case. */
  async settled(): Promise<void> {
    let isLate = false;
    let cancel: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      cancel = startLongTimer(CLOSE_WAIT_MS, () => {
        isLate = true;
        resolve();
      });
    });
    while (this.running.size > 0 && !isLate) await Promise.race([Promise.all(this.running), late]);
    cancel();
  }
}
