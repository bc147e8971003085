import { Subject, map, of, take, throwError } from "rxjs";
import { describe, expect, it } from "vitest";
import { carryThrough } from "./carry-through.js";
import { fakeScope } from "./testing/fake-api.js";

const subject = { kind: "sandbox", id: "s" } as const;

describe("carryThrough", () => {
  it("delivers and leaves the scope alone", () => {
    const scope = fakeScope();
    const seen: unknown[] = [];
    const watch = { next: (value: unknown) => seen.push(value), error: (error: unknown) => seen.push(error), complete: () => seen.push("complete") };
    carryThrough(of(1), scope, subject).subscribe(watch);
    carryThrough(of(2), scope, subject).pipe(take(1)).subscribe(watch);
    carryThrough(throwError(() => 3), scope, subject).subscribe(watch);
    expect(seen).toEqual([1, "complete", 2, "complete", 3]);
    expect(scope.cleaned).toEqual([]);
  });

  it("goes on in the scope after an unsubscribe and undoes there what came of it", () => {
    const scope = fakeScope();
    const work = new Subject<number>();
    const undone: number[] = [];
    const subscription = carryThrough(work, scope, subject, (outcome) => outcome.pipe(map((value) => undone.push(value)))).subscribe();
    subscription.unsubscribe();
    expect(scope.cleaned).toEqual(["sandbox s"]);
    expect(work.observed).toBe(true);
    work.next(7);
    work.complete();
    expect(undone).toEqual([7]);
  });
});
