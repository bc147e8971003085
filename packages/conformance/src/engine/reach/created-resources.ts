import type { CallRequest, Endpoint } from "../../model/endpoint.js";
import { RUN_LABEL } from "./create-request.js";
import { objectOf, statusOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";

/** Sandboxes and snapshots that this run has made and not yet seen gone. */
export interface CreatedResources {
  /** Looks at an answer of the lifecycle API: a create adds, a delete removes. */
  notice(request: CallRequest, exchange: WireExchange): void;
  /**
   * Deletes what is left, and whatever else carries the label of the run; gives what could not be deleted, as paths.
   */
  removeAll(lifecycle: Endpoint, runId: string): Promise<readonly string[]>;
}

/** Makes an empty register. Deleting what is gone already is success (`divergences.md` L12). */
export function createdResources(): CreatedResources {
  const paths = new Set<string>();
  return {
    notice(request, exchange) {
      const path = request.path.split("?")[0] ?? "";
      const status = statusOf(exchange);
      const { id } = objectOf(exchange);
      if (request.method === "DELETE" && (status === 204 || status === 200 || status === 404)) paths.delete(path);
      if (request.method !== "POST" || status < 200 || status >= 300 || typeof id !== "string") return;
      if (/^(\/v1)?\/sandboxes$/.test(path)) paths.add(`/v1/sandboxes/${id}`);
      if (/^(\/v1)?\/sandboxes\/[^/]+\/snapshots$/.test(path)) paths.add(`/v1/snapshots/${id}`);
    },
    async removeAll(lifecycle, runId) {
      if (paths.size === 0) return [];
      for (const id of await labelled(lifecycle, runId)) paths.add(`/v1/sandboxes/${id}`);
      const remove = async (path: string): Promise<void> => {
        for (let attempt = 0; attempt < 3 && paths.has(path); attempt++) {
          // A delete during an expiry or a snapshot is refused for a moment; an answer that notices it removes the
          // path.
          if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 300 * attempt));
          await lifecycle.call({ method: "DELETE", path }).catch(() => undefined);
        }
      };
      const order = [...paths].sort((a, b) => Number(b.includes("/sandboxes/")) - Number(a.includes("/sandboxes/")));
      const queue = order.values();
      await Promise.all(
        [1, 2, 3, 4].map(async () => {
          for (const path of queue) await remove(path);
        }),
      );
      return [...paths];
    },
  };
}

/** Sandboxes of the run that nobody noted, such as those of a create whose answer was lost. */
async function labelled(lifecycle: Endpoint, runId: string): Promise<readonly string[]> {
  const filter = encodeURIComponent(`${RUN_LABEL}=${runId}`);
  const answer = await lifecycle.open({ method: "GET", path: `/v1/sandboxes?pageSize=200&metadata=${filter}` })
    .finished;
  const { items } = objectOf(answer);
  if (!Array.isArray(items)) return [];
  // A server whose filter does not work must not make the run delete the sandboxes of others.
  return (items as readonly { readonly id?: unknown; readonly metadata?: Readonly<Record<string, unknown>> }[]).flatMap(
    ({ id, metadata }) => (typeof id === "string" && metadata?.[RUN_LABEL] === runId ? [id] : []),
  );
}
