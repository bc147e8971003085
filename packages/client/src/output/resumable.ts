import {
  EMPTY,
  Observable,
  Subscription,
  catchError,
  concat,
  concatMap,
  defer,
  from,
  ignoreElements,
  of,
  tap,
  throwError,
} from "rxjs";
import type { FollowEvent, FollowToken } from "@rxsandbox/execution";
import { InvalidArgumentError, SandboxError, isSandboxError } from "@rxsandbox/transport";
import { oneOf, readFunction, readObject, readOptions, readText } from "@rxsandbox/transport/calls";

/**
 * Where a resumable command is remembered, for example `localStorage`, a cookie or a database. Values are JSON of less
 * than 1 KiB.
 */
export interface ResumableStore {
  /** The text under a key; nothing when there is none. */
  get(key: string): string | null | undefined | PromiseLike<string | null | undefined>;
  set(key: string, text: string): unknown;
  remove(key: string): unknown;
}

/** Options of {@link resumable}. */
export interface ResumableOptions {
  readonly store: ResumableStore;
  /** Names the command in the store. */
  readonly key: string;
  /** Starts the command and follows it, with `detached: true`: it has to outlive the page that started it. */
  readonly start: () => Observable<FollowEvent>;
  /** Follows it from a token on, perhaps in another program: `(token) => sandbox.commands.resume(token)`. */
  readonly resume: (token: FollowToken) => Observable<FollowEvent>;
  /** Ends it: `(token) => sandbox.commands.interrupt(token.commandId)`. */
  readonly interrupt: (token: FollowToken) => Observable<unknown>;
  /** `"all"`, when absent, shows the output from its beginning; `"rest"` goes on where the last stored token ended. */
  readonly replay?: "all" | "rest";
}

/** A command that survives the program that follows it. */
export interface Resumable {
  /**
   * Emits what `follow` emits: of a new command when the store holds nothing, else of the one that it holds.
   *
   * Producer: each subscription looks into the store. Before a start a marker is stored, and `started` and `end` come
   * once they are stored; events behind them wait for that. With `replay: "rest"` the tokens of outputs are stored
   * while more come; after a crash the last output may come again. Completes with `end`. A command whose end is stored
   * is read once more, or with `"rest"` only its end is told. Errors: `outcome-unknown` when the store holds a start
   * that nobody saw succeed, as after a crash in the middle: `forget()` allows another one. All errors of `start`,
   * `resume` and the store. A start that was refused is forgotten. Unsubscribe leaves the command running.
   */
  readonly events: Observable<FollowEvent>;
  /** Ends the command that the store holds; completes when there is none that runs. What is stored stays. */
  stop(): Observable<never>;
  /** Clears the store, and leaves the command alone: the next subscription to `events` starts again. */
  forget(): Observable<never>;
}

/** What is stored. */
type Stored =
  | { readonly state: "starting" }
  | { readonly state: "running"; readonly token: FollowToken }
  | { readonly state: "ended"; readonly token: FollowToken; readonly end: Extract<FollowEvent, { type: "end" }> };

/**
 * Makes a command survive the program that follows it: a page that is reloaded, a process that is restarted.
 *
 * @example
 * const memory = new Map<string, string>();
 * const store = {
 *   get: (key: string) => memory.get(key),
 *   set: (key: string, text: string) => memory.set(key, text),
 *   remove: (key: string) => memory.delete(key),
 * };
 * const build = () =>
 *   resumable({
 *     store,
 *     key: "build",
 *     start: () => sandbox.commands.follow("echo built", { detached: true }),
 *     resume: (token) => sandbox.commands.resume(token),
 *     interrupt: (token) => sandbox.commands.interrupt(token.commandId),
 *   });
 * const first = await lastValueFrom(build().events.pipe(toArray()));
 * const again = await lastValueFrom(build().events.pipe(toArray()));
 * [first, again].map((events) => events.filter(({ type }) => type === "output").length); // => [1, 1]
 */
export function resumable(options: ResumableOptions): Resumable {
  const { key, start, resume, interrupt, replay = "all", store } = readResumable(options);
  const load = defer(() => valueOf(store.get(key)).pipe(concatMap((text) => of(readStored(text, key)))));
  const save = (stored: Stored): Observable<never> =>
    defer(() => valueOf(store.set(key, JSON.stringify(stored)))).pipe(ignoreElements());
  const forget = defer(() => valueOf(store.remove(key))).pipe(ignoreElements());

  const begun = defer(() => {
    let isStarted = false;
    return concat(
      save({ state: "starting" }),
      start().pipe(tap(({ type }) => (isStarted ||= type === "started"))),
    ).pipe(
      catchError((error: unknown) => {
        const isRefused = !isStarted && !isSandboxError(error, "outcome-unknown");
        return concat(
          isRefused ? forget : EMPTY,
          throwError(() => error),
        );
      }),
    );
  });

  /** Stores what has to be stored before an event is told, and the tokens of outputs after they were told. */
  const remembered = (events: Observable<FollowEvent>): Observable<FollowEvent> =>
    new Observable((subscriber) => {
      const saver = new LatestSaver((token: FollowToken) => save({ state: "running", token }));
      const told = events.pipe(
        concatMap((event) => {
          if (event.type === "started") return concat(save({ state: "running", token: event.token }), of(event));
          if (event.type !== "end") return of(event);
          return concat(saver.settled(), save({ state: "ended", token: event.token, end: event }), of(event));
        }),
      );
      return told.subscribe({
        next: (event) => {
          subscriber.next(event);
          if (replay === "rest" && event.type === "output" && !subscriber.closed)
            saver.add(event.token, (error) => subscriber.error(error));
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });

  const events = load.pipe(
    concatMap((stored) => {
      if (stored === undefined) return remembered(begun);
      if (stored.state === "starting") return throwError(() => neverSeen(key));
      if (replay === "all") return remembered(resume({ ...stored.token, cursor: "0" as FollowToken["cursor"] }));
      return stored.state === "ended" ? of(stored.end) : remembered(resume(stored.token));
    }),
  );
  return {
    events,
    stop: () =>
      load.pipe(
        concatMap((stored) => (stored?.state === "running" ? interrupt(stored.token) : [])),
        ignoreElements(),
      ),
    forget: () => forget,
  };
}

/** Saves the latest of many values: one save at a time, and what came meanwhile last. */
class LatestSaver<T> {
  readonly #save: (value: T) => Observable<unknown>;
  #next: { readonly value: T } | undefined;
  #isSaving = false;
  /** Not ended by an unsubscribe: what was told is stored. */
  readonly #saves = new Subscription();
  readonly #waiting: (() => void)[] = [];

  constructor(save: (value: T) => Observable<unknown>) {
    this.#save = save;
  }

  add(value: T, onError: (error: unknown) => void): void {
    this.#next = { value };
    if (!this.#isSaving) this.#run(onError);
  }

  /** Completes when nothing is being saved. */
  settled(): Observable<never> {
    return new Observable((subscriber) => {
      if (this.#isSaving) this.#waiting.push(() => subscriber.complete());
      else subscriber.complete();
    });
  }

  #run(onError: (error: unknown) => void): void {
    const next = this.#next;
    this.#next = undefined;
    this.#isSaving = next !== undefined;
    if (next === undefined) for (const wake of this.#waiting.splice(0)) wake();
    else this.#saves.add(this.#save(next.value).subscribe({ error: onError, complete: () => this.#run(onError) }));
  }
}

function readResumable(options: ResumableOptions): ResumableOptions {
  const read = readOptions(
    options,
    { replay: oneOf("all", "rest") },
    {
      store: readObject,
      key: readText,
      start: readFunction,
      resume: readFunction,
      interrupt: readFunction,
    },
  );
  for (const name of ["get", "set", "remove"]) readFunction(`store.${name}`, read.store[name]);
  return { ...options };
}

/** Stores may answer at once or later. */
function valueOf<T>(value: T | PromiseLike<T>): Observable<T> {
  const { then } = Object(value) as { readonly then?: unknown };
  return typeof then === "function" ? from(value as PromiseLike<T>) : of(value as T);
}

function readStored(text: string | null | undefined, key: string): Stored | undefined {
  if (text === null || text === undefined) return undefined;
  try {
    const stored = JSON.parse(text) as Stored;
    if (stored.state === "starting" || (stored.state === "running" && isObject(stored.token))) return stored;
    if (stored.state === "ended" && isObject(stored.token) && isObject(stored.end)) return stored;
  } catch {
    // What it says is of no help, and may be a secret of somebody else.
  }
  throw new InvalidArgumentError("store", `holds something else under ${JSON.stringify(key)}`);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function neverSeen(key: string): SandboxError {
  return new SandboxError("outcome-unknown", {
    what: `Resume command ${JSON.stringify(key)}`,
    detail: "its start began, but its program ended before the answer came",
    advice: "it may run: look into the sandbox, then call forget() to start it again",
  });
}
