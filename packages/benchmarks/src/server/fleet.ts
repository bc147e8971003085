import { jsonAnswer } from "./json-answer.js";

/** Sandboxes in the fleet. */
export const FLEET_SIZE = 1000;

/** Id of one sandbox of the fleet. */
export function fleetId(index: number): string {
  return `fleet-${index}`;
}

/** What the server saw of those who watch the fleet. */
export interface FleetStats {
  /**
   * Requests of each round of looks that is over. A round begins with the first page of a list or with the first
   * sandbox.
   */
  readonly requestsPerRound: readonly number[];
}

/** Many sandboxes that only lists and reads show. */
export interface Fleet {
  /** The answer to a request of the lifecycle API; `undefined` for one that is not about the fleet. */
  answer(method: string, target: string): Buffer | undefined;
  stats(): FleetStats;
  reset(): void;
}

/** Makes the fleet and encodes its answers. */
export function createFleet(): Fleet {
  const sandboxes = Array.from({ length: FLEET_SIZE }, (_, index) => fleetSandbox(index));
  const answers = new Map(sandboxes.map((sandbox) => [`/v1/sandboxes/${sandbox.id}`, jsonAnswer(sandbox)]));
  const pages = new Map<string, Buffer>();
  let rounds: number[] = [];

  function page(query: URLSearchParams): Buffer {
    const key = query.toString();
    const known = pages.get(key);
    if (known !== undefined) return known;
    const number = Number(query.get("page") ?? 1);
    const pageSize = Number(query.get("pageSize") ?? 20);
    const totalPages = Math.ceil(FLEET_SIZE / pageSize);
    const answer = jsonAnswer({
      items: sandboxes.slice((number - 1) * pageSize, number * pageSize),
      pagination: { page: number, pageSize, totalItems: FLEET_SIZE, totalPages, hasNextPage: number < totalPages },
    });
    pages.set(key, answer);
    return answer;
  }

  function count(isFirst: boolean): void {
    if (isFirst) rounds.push(0);
    const last = rounds.length - 1;
    if (last >= 0) rounds[last] = (rounds[last] ?? 0) + 1;
  }

  return {
    answer(method, target) {
      const [path = "", query = ""] = target.split("?", 2);
      if (method !== "GET") return undefined;
      if (path === "/v1/sandboxes") {
        const search = new URLSearchParams(query);
        count((search.get("page") ?? "1") === "1");
        return page(search);
      }
      const answer = answers.get(path);
      if (answer !== undefined) count(path.endsWith(`/${fleetId(0)}`));
      return answer;
    },
    stats: () => ({ requestsPerRound: rounds.slice(0, -1) }),
    reset: () => (rounds = []),
  };
}

function fleetSandbox(index: number): { readonly id: string } & Readonly<Record<string, unknown>> {
  return {
    id: fleetId(index),
    image: { uri: "python:3.11" },
    status: { state: "Running", reason: "CONTAINER_RUNNING", message: "Sandbox is running." },
    metadata: { team: "ml" },
    entrypoint: ["tail", "-f", "/dev/null"],
    createdAt: "2026-11-23T02:03:37.325529Z",
  };
}
