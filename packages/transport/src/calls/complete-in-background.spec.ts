import { Subject, map, of, take, throwError } from "rxjs";
import { describe, expect, it } from "vitest";
import type { ClientEvent } from "../ports/client-event.js";
import { createScope } from "../scope/create-scope.js";
import { outliving } from "./complete-in-background.js";

const subject = () => ({ kind: "sandbox", id: "s" }) as const;

describe("outliving", () => {
  it("delivers and leaves the scope alone", async () => {
    const events: ClientEvent[] = [];
    const scope = createScope({ events: { next: (event) => events.push(event) } });
    const seen: unknown[] = [];
    const watch = {
      next: (value: unknown) => seen.push(value),
      error: (error: unknown) => seen.push(error),
      complete: () => seen.push("complete"),
    };
    outliving(of(1), scope, subject).subscribe(watch);
    outliving(of(2), scope, subject).pipe(take(1)).subscribe(watch);
    outliving(
      throwError(() => 3),
      scope,
      subject,
    ).subscribe(watch);
    await scope.close();
    expect(seen).toEqual([1, "complete", 2, "complete", 3]);
    expect(events).toEqual([]);
  });

  it("goes on in the scope after an unsubscribe and undoes there what came of it", async () => {
    const scope = createScope();
    const work = new Subject<number>();
    const undone: number[] = [];
    const subscription = outliving(work, scope, subject, (outcome) =>
      outcome.pipe(map((value) => undone.push(value))),
    ).subscribe();
    subscription.unsubscribe();
    const closing = scope.close();
    expect(work.observed).toBe(true);
    work.next(7);
    work.complete();
    await closing;
    expect(undone).toEqual([7]);
  });

  it("is aborted only with the clean-up itself, and reported then", () => {
    const work = new Subject<number>();
    let stop = (): void => undefined;
    const scope = {
      cleanup: (_: unknown, rest: { subscribe(): { unsubscribe(): void } }) => {
        const subscription = rest.subscribe();
        stop = () => subscription.unsubscribe();
        return Promise.resolve(false);
      },
    };
    outliving(work, scope, subject).subscribe().unsubscribe();
    expect(work.observed).toBe(true);
    stop();
    expect(work.observed).toBe(false);
  });
});
