import { map, of, switchMap, type Observable } from "rxjs";
import type { Api, Endpoint } from "@rxsandbox/transport";
import { askRoot, rootOf } from "./daemon-root.js";
import type { Remembered } from "./remembered.js";

/** How long a root that gave no answer is not asked again. */
const SILENT_MS = 10_000;

/** Where the daemon of a sandbox is called. */
export interface DaemonPlace {
  /** Without the headers of calls. */
  readonly endpoint: Endpoint;
  /**
   * When the daemon's root answered a ping, by `performance.now()`; absent where the address is used as it was handed
   * out.
   */
  readonly answeredAt?: number;
}

/** A place, and how long that finding holds. */
export interface FoundDaemon extends DaemonPlace {
  /** Milliseconds of the clock; at most as long as the address itself. */
  readonly goodUntil: number;
}

/** The search for the daemon of one sandbox. */
export interface DaemonSearch {
  /**
   * Emits the daemon's root where a direct address has one, else the address as it was handed out, and completes.
   *
   * A root is looked for once per address. Where something else answers, there is none for as long as the address is
   * remembered; where nothing answers, the next call after 10 s looks again. Errors only as the look-up of the address
   * does.
   */
  find(): Observable<DaemonPlace>;
  /** Looks again with the next call: the daemon may not have been there yet. */
  doubt(): void;
}

/**
 * Finds the daemon's root at an address, else that address; `probeApi` builds the API of the root, `undefined` where
 * none is looked for.
 */
export function findDaemon(
  address: Pick<Remembered<Endpoint>, "value$" | "staleAt">,
  probeApi: (root: Endpoint) => Api | undefined,
): Observable<FoundDaemon> {
  return address.value$.pipe(
    switchMap((endpoint): Observable<FoundDaemon> => {
      const root = rootOf(endpoint);
      const probe = root === undefined ? undefined : probeApi(root);
      if (root === undefined || probe === undefined) return of({ endpoint, goodUntil: address.staleAt() });
      return askRoot(probe).pipe(
        map((answer) => {
          if (answer === "daemon")
            return { endpoint: root, answeredAt: performance.now(), goodUntil: address.staleAt() };
          return {
            endpoint,
            goodUntil: answer === "other" ? address.staleAt() : Math.min(address.staleAt(), Date.now() + SILENT_MS),
          };
        }),
      );
    }),
  );
}
