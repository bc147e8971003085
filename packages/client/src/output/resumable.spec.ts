import { EMPTY, Observable, Subject, concat, lastValueFrom, of, throwError, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import type { FollowEvent, FollowToken } from "@rxsandbox/execution";
import { InvalidArgumentError, SandboxError } from "@rxsandbox/transport";
import { resumable, type ResumableOptions, type ResumableStore } from "./resumable.js";

const token = (cursor: number): FollowToken =>
  ({ v: 1, sandboxId: "s", commandId: "c", cursor: String(cursor) }) as FollowToken;
const started: FollowEvent = { type: "started", token: token(0) };
const output = (text: string, cursor: number): FollowEvent => ({ type: "output", text, token: token(cursor) });
const end: FollowEvent = { type: "end", end: { kind: "exited", exitCode: 0 }, token: token(2), limitReached: false };

function memory(isLate = false) {
  const values = new Map<string, string>();
  const saved: string[] = [];
  const answer = <T>(value: T): T | Promise<T> => (isLate ? Promise.resolve(value) : value);
  const store: ResumableStore = {
    get: (key) => answer(values.get(key)),
    set: (key, text) => {
      saved.push((JSON.parse(text) as { state: string }).state);
      values.set(key, text);
      return answer(undefined);
    },
    remove: (key) => answer(values.delete(key)),
  };
  return { store, values, saved };
}

function program(store: ResumableStore, others: Partial<ResumableOptions> = {}) {
  const calls: string[] = [];
  const made = resumable({
    store,
    key: "k",
    start: () => {
      calls.push("start");
      return of(started, output("a", 1), output("b", 2), end);
    },
    resume: ({ cursor }) => {
      calls.push(`resume ${cursor}`);
      return cursor === "0" ? of(output("ab", 2), end) : of(output("b", 2), end);
    },
    interrupt: ({ commandId }) => {
      calls.push(`interrupt ${commandId}`);
      return EMPTY;
    },
    ...others,
  });
  return { ...made, calls, all: () => lastValueFrom(made.events.pipe(toArray()), { defaultValue: [] }) };
}

describe.each([false, true])("resumable, with a store that answers late: %s", (isLate) => {
  it("starts once, and reads the log from its beginning after that, also after the end", async () => {
    const { store } = memory(isLate);
    const first = program(store);
    expect(await first.all()).toEqual([started, output("a", 1), output("b", 2), end]);
    const again = program(store);
    expect(await again.all()).toEqual([output("ab", 2), end]);
    expect([first.calls, again.calls]).toEqual([["start"], ["resume 0"]]);
  });

  it("goes on behind the last stored token with `rest`, and tells only the end of what has ended", async () => {
    const { store } = memory(isLate);
    const cut = new Subject<FollowEvent>();
    const first = program(store, { replay: "rest", start: () => concat(of(started), cut) });
    const subscription = first.events.subscribe();
    await Promise.resolve().then(() => undefined);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    cut.next(output("a", 1));
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    subscription.unsubscribe();
    const second = program(store, { replay: "rest" });
    expect(await second.all()).toEqual([output("b", 2), end]);
    expect(second.calls).toEqual(["resume 1"]);
    expect(await program(store, { replay: "rest" }).all()).toEqual([end]);
  });

  it("stores a marker before the start, and never starts again after a crash in the middle", async () => {
    const { store, saved } = memory(isLate);
    const crashed = program(store, { start: () => new Observable(() => undefined) });
    const subscription = crashed.events.subscribe();
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    subscription.unsubscribe();
    expect(saved).toEqual(["starting"]);
    const next = program(store);
    await expect(next.all()).rejects.toMatchObject({ code: "outcome-unknown" });
    expect(next.calls).toEqual([]);
    await lastValueFrom(next.forget(), { defaultValue: undefined });
    expect(await next.all()).toHaveLength(4);
  });

  it("forgets a start that was refused, and keeps one whose outcome is unknown", async () => {
    const { store, values } = memory(isLate);
    const refused = new SandboxError("invalid-request", "no");
    await expect(program(store, { start: () => throwError(() => refused) }).all()).rejects.toBe(refused);
    expect(values.size).toBe(0);
    const unknown = new SandboxError("outcome-unknown", "no");
    await expect(program(store, { start: () => throwError(() => unknown) }).all()).rejects.toBe(unknown);
    expect(values.get("k")).toBe('{"state":"starting"}');
  });

  it("ends the command that it holds, and nothing else", async () => {
    const { store } = memory(isLate);
    const made = program(store, { start: () => concat(of(started), new Observable<FollowEvent>(() => undefined)) });
    const stop = (): Promise<unknown> => lastValueFrom(made.stop(), { defaultValue: undefined });
    await stop();
    const subscription = made.events.subscribe();
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    await stop();
    subscription.unsubscribe();
    expect(made.calls).toEqual(["interrupt c"]);
    await program(store).all();
    await stop();
    expect(made.calls).toEqual(["interrupt c"]);
  });
});

describe("resumable", () => {
  it("errors with what the store errors with, and refuses what is not its own", async () => {
    const { store, values } = memory();
    const broken = new Error("full");
    const failing = { ...store, set: () => Promise.reject(broken) };
    await expect(program(failing).all()).rejects.toBe(broken);
    for (const text of ["{", '"x"', '{"state":"running"}', '{"state":"ended","token":{}}']) {
      values.set("k", text);
      await expect(program(store).all()).rejects.toMatchObject({ code: "invalid-argument", argument: "store" });
    }
  });

  it("throws at the call for a wrong option", () => {
    const { store } = memory();
    expect(() => program({} as ResumableStore)).toThrow(InvalidArgumentError);
    expect(() => program(store, { key: " " })).toThrow("key");
    expect(() => program(store, { replay: "some" as "all" })).toThrow("replay");
    expect(() => program(store, { start: undefined as never })).toThrow("start");
  });
});
