import { buildConnector, type Dispatcher } from "undici";
import type { LeaseSource } from "./lease.js";
import { OriginPool } from "./origin-pool.js";

/**
 * Milliseconds that an idle connection is kept: less than servers (30 s) and load balancers (15 s and more) do, so that
 * a request rarely meets a dead one.
 */
const KEEP_ALIVE_MS = 10_000;

/** Creates the connections of one transport, by origin; an origin without connections is forgotten. */
export function createConnectionPool(maxConcurrentRequests: number): LeaseSource {
  const options = {
    connect: buildConnector({ allowH2: false }),
    keepAliveMs: KEEP_ALIVE_MS,
    maxConcurrentRequests,
    now: Date.now,
  };
  const origins = new Map<string, OriginPool>();
  return {
    acquire(origin, isCounted, onLease) {
      let pool = origins.get(origin);
      if (pool === undefined) {
        const created = new OriginPool(origin, options, () => {
          if (origins.get(origin) === created) origins.delete(origin);
        });
        pool = created;
        origins.set(origin, pool);
      }
      return pool.acquire(isCounted, onLease);
    },
    close() {
      for (const pool of [...origins.values()]) pool.close();
    },
  };
}

/**
 * Sends everything through a dispatcher of the caller's, whose sockets cannot be reached: `detach` and `hangUp` do
 * nothing, `close` leaves it open.
 */
export function useDispatcher(dispatcher: Dispatcher): LeaseSource {
  const nothing = (): void => undefined;
  const lease = {
    dispatcher,
    detach: nothing,
    hangUp: () => false,
    release: nothing,
    drop: nothing,
    distrustIdle: nothing,
  };
  return {
    acquire(_origin, _isCounted, onLease) {
      onLease(lease);
      return nothing;
    },
    close: nothing,
  };
}
