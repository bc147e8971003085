import {
  EMPTY,
  Observable,
  catchError,
  concat,
  defer,
  endWith,
  from,
  ignoreElements,
  map,
  mergeMap,
  tap,
  throwError,
  toArray,
  type Subscriber,
  type Subscription,
} from "rxjs";
import { MAX_PAGE_SIZE, isTransitionalState } from "@rxsandbox/protocol";
import { SandboxError, isSandboxError, type SandboxErrorCode } from "@rxsandbox/transport";
import { poll, type ApiConnection } from "@rxsandbox/transport/calls";
import type { SandboxInfo } from "../info/sandbox-info.js";
import type { ListFilter } from "../list/list-options.js";
import { isSameInfo } from "./sandbox-changes.js";
import { createWatchInterval } from "./watch-interval.js";

/** The calls that a watch makes. */
export interface WatchCalls {
  readonly getInfo: (id: string) => Observable<SandboxInfo>;
  /** Emits every sandbox, page after page. */
  readonly listAll: (filter: ListFilter) => Observable<SandboxInfo>;
}

/** Watches of one client. */
export interface Watches {
  watch(id: string): Observable<SandboxInfo>;
  watchAll(filter: ListFilter): Observable<readonly SandboxInfo[]>;
}

/** Watchers that subscribe within this time share their first look. */
const GATHER_MS = 10;
/** Between the beginnings of two looks, however many watchers come. */
const SHORTEST_PERIOD_MS = 250;
const MAX_CONCURRENT_CALLS = 8;
/** How long the number of pages is believed. */
const RECOUNT_MS = 300_000;

/** What may be different at the next look. Everything else ends the watches that need the call. */
const passing: ReadonlySet<SandboxErrorCode> = new Set([
  "network",
  "timeout",
  "unavailable",
  "server-error",
  "invalid-state",
  "limit-exceeded",
]);

interface WatchedSandbox {
  readonly watchers: Set<Subscriber<SandboxInfo>>;
  info: SandboxInfo | undefined;
}

interface WatchedList {
  readonly filter: ListFilter;
  readonly watchers: Set<Subscriber<readonly SandboxInfo[]>>;
  list: readonly SandboxInfo[] | undefined;
}

/**
 * Creates the watches of one client. They share one loop that runs while somebody watches.
 *
 * One look asks for each watched sandbox by itself while there are fewer of them than pages in the list of all
 * sandboxes, else for the list of all, page by page: so many requests for any number of watchers. Each filter of
 * `watchAll` is one list more. A list is no snapshot (`lifecycle.md` 3): what is missing there is gone only when a GET
 * says so. When the client closes, every watch errors with `closed`.
 */
export function createWatches(connection: Pick<ApiConnection, "scope">, { getInfo, listAll }: WatchCalls): Watches {
  const sandboxes = new Map<string, WatchedSandbox>();
  const lists = new Map<string, WatchedList>();
  let pages = 0;
  let pagesCountedAt = -Infinity;
  let interval = createWatchInterval();
  let work: Subscription | undefined;
  let isLooking = false;
  let hasJoined = false;
  let startedAt = -Infinity;
  let hasChanged = false;
  let hasFailed = false;

  function isIdle(): boolean {
    return sandboxes.size === 0 && lists.size === 0;
  }

  /** Somebody came: looks soon, unless a look is under way, after which the next one follows soon. */
  function joined(): void {
    if (isLooking) hasJoined = true;
    else lookAgain(Math.max(GATHER_MS, startedAt + SHORTEST_PERIOD_MS - performance.now()));
  }

  function left(): void {
    if (!isIdle()) return;
    work?.unsubscribe();
    isLooking = false;
    interval = createWatchInterval();
  }

  function lookAgain(firstDelayMs: number): void {
    work?.unsubscribe();
    const looks = poll(connection, () => look().pipe(endWith(undefined)), { firstDelayMs, delayMs: pause });
    work = looks.subscribe({ error: failAll });
  }

  function pause(): number {
    isLooking = false;
    if (hasJoined) return SHORTEST_PERIOD_MS;
    const isBusy = hasChanged || [...sandboxes.values()].some(({ info }) => isAtWork(info)) || listsAtWork();
    return interval.next(hasFailed ? "failed" : isBusy ? "busy" : "calm");
  }

  function listsAtWork(): boolean {
    return [...lists.values()].some(({ list = [] }) => list.some(isAtWork));
  }

  function look(): Observable<never> {
    isLooking = true;
    startedAt = performance.now();
    hasJoined = false;
    hasChanged = false;
    hasFailed = false;
    return concat(
      defer(() => concat(...[...lists.keys()].map(lookAtList))),
      defer(() => lookAtSandboxes()),
    );
  }

  function lookAtList(key: string): Observable<never> {
    const watched = lists.get(key);
    if (watched === undefined) return EMPTY;
    return fetchList(watched.filter).pipe(
      mergeMap((found) => withHidden(watched, found)),
      tap((list) => tellList(watched, list)),
      ignoreElements(),
      catchError((error: unknown) => fail(error, watched.watchers)),
    );
  }

  function fetchList(filter: ListFilter): Observable<readonly SandboxInfo[]> {
    return listAll(filter).pipe(
      toArray(),
      tap((found) => {
        if (!isWholeList(filter)) return;
        pages = Math.ceil(found.length / MAX_PAGE_SIZE);
        pagesCountedAt = performance.now();
      }),
    );
  }

  /** Adds what a list should hold and does not, because pages moved while they were read. */
  function withHidden({ filter, list = [] }: WatchedList, found: readonly SandboxInfo[]): Observable<SandboxInfo[]> {
    const ids = new Set(found.map(({ id }) => id));
    return from(list.filter(({ id }) => !ids.has(id))).pipe(
      mergeMap(({ id }) => getInfo(id).pipe(catchError(absent)), MAX_CONCURRENT_CALLS),
      toArray(),
      map((hidden) => [...found, ...hidden.filter((info) => isWanted(info, filter))]),
    );
  }

  function tellList(watched: WatchedList, found: readonly SandboxInfo[]): void {
    const before = new Map(watched.list?.map((info) => [info.id, info]));
    // What is the same stays the same object.
    const list = found.map((info) => {
      const known = before.get(info.id);
      return known !== undefined && isSameInfo(known, info) ? known : info;
    });
    if (isWholeList(watched.filter)) for (const info of list) tellSandbox(info.id, info);
    const isSame = watched.list?.length === list.length && list.every((info, index) => info === watched.list?.[index]);
    if (isSame) return;
    hasChanged = true;
    watched.list = list;
    for (const watcher of [...watched.watchers]) watcher.next(list);
  }

  function lookAtSandboxes(): Observable<never> {
    const ids = [...sandboxes.keys()];
    if ([...lists.values()].some(({ filter }) => isWholeList(filter)))
      return lookFor(ids.filter((id) => !wasListed(id)));
    const knownPages = performance.now() - pagesCountedAt < RECOUNT_MS ? pages : 0;
    if (ids.length <= 1 || ids.length < knownPages) return lookFor(ids);
    return fetchList({}).pipe(
      mergeMap((found) => {
        const listed = new Set(found.map(({ id }) => id));
        for (const info of found) tellSandbox(info.id, info);
        return lookFor([...sandboxes.keys()].filter((id) => !listed.has(id)));
      }),
      catchError((error: unknown) => fail(error, everyWatcher(ids))),
    );
  }

  function wasListed(id: string): boolean {
    return [...lists.values()].some(
      ({ filter, list = [] }) => isWholeList(filter) && list.some((info) => info.id === id),
    );
  }

  function lookFor(ids: readonly string[]): Observable<never> {
    return from(ids).pipe(
      mergeMap(
        (id) =>
          defer(() => (sandboxes.has(id) ? getInfo(id) : EMPTY)).pipe(
            tap((info) => tellSandbox(id, info)),
            catchError((error: unknown) => {
              if (isSandboxError(error, "not-found")) return tellGone(id, error);
              return fail(error, everyWatcher([id]));
            }),
          ),
        MAX_CONCURRENT_CALLS,
      ),
      ignoreElements(),
    );
  }

  function tellSandbox(id: string, info: SandboxInfo): void {
    const watched = sandboxes.get(id);
    if (watched === undefined || (watched.info !== undefined && isSameInfo(watched.info, info))) return;
    hasChanged = true;
    watched.info = info;
    const isOver = info.status.state === "Terminated";
    for (const watcher of [...watched.watchers]) {
      watcher.next(info);
      if (isOver) watcher.complete();
    }
  }

  function tellGone(id: string, error: SandboxError): Observable<never> {
    const info = sandboxes.get(id)?.info;
    if (info === undefined) return fail(error, everyWatcher([id]));
    tellSandbox(id, { ...info, status: { state: "Terminated" } });
    return EMPTY;
  }

  function everyWatcher(ids: readonly string[]): readonly Subscriber<unknown>[] {
    return ids.flatMap((id) => [...(sandboxes.get(id)?.watchers ?? [])]);
  }

  /** Tells watchers an error that the next look would meet again; any other is survived. */
  function fail(error: unknown, watchers: Iterable<Subscriber<unknown>>): Observable<never> {
    hasFailed = true;
    if (isSandboxError(error) && passing.has(error.code)) return EMPTY;
    for (const watcher of [...watchers]) watcher.error(error);
    return EMPTY;
  }

  /** The client closed, or a fault of this code: no watcher is left without an end. */
  function failAll(error: unknown): void {
    const every = [...sandboxes.values(), ...lists.values()].flatMap(
      ({ watchers }) => [...watchers] as Subscriber<unknown>[],
    );
    for (const watcher of every) watcher.error(error);
  }

  return {
    watch: (id) =>
      new Observable((subscriber) => {
        const watched = sandboxes.get(id) ?? { watchers: new Set(), info: undefined };
        sandboxes.set(id, watched);
        watched.watchers.add(subscriber);
        subscriber.add(() => {
          watched.watchers.delete(subscriber);
          if (watched.watchers.size === 0 && sandboxes.get(id) === watched) sandboxes.delete(id);
          left();
        });
        if (watched.info !== undefined) subscriber.next(watched.info);
        else joined();
      }),
    watchAll: (filter) =>
      new Observable((subscriber) => {
        const key = JSON.stringify([filter.states ?? [], Object.entries(filter.metadata ?? {}).sort()]);
        const watched = lists.get(key) ?? { filter, watchers: new Set(), list: undefined };
        lists.set(key, watched);
        watched.watchers.add(subscriber);
        subscriber.add(() => {
          watched.watchers.delete(subscriber);
          if (watched.watchers.size === 0 && lists.get(key) === watched) lists.delete(key);
          left();
        });
        if (watched.list !== undefined) subscriber.next(watched.list);
        else joined();
      }),
  };
}

function isAtWork(info: SandboxInfo | undefined): boolean {
  return info === undefined || isTransitionalState(info.status.state);
}

function isWholeList({ states = [], metadata = {} }: ListFilter): boolean {
  return states.length === 0 && Object.keys(metadata).length === 0;
}

/** Whether a sandbox belongs into a list (`lifecycle.md` 3). */
function isWanted({ status, metadata }: SandboxInfo, filter: ListFilter): boolean {
  const { states = [], metadata: labels = {} } = filter;
  const isState = (state: string): boolean => state.toLowerCase() === status.state.toLowerCase();
  return (
    (states.length === 0 || states.some(isState)) &&
    Object.entries(labels).every(([key, value]) => metadata[key] === value)
  );
}

/** Nothing where the sandbox is gone. */
function absent(error: unknown): Observable<never> {
  return isSandboxError(error, "not-found") ? EMPTY : throwError(() => error);
}
