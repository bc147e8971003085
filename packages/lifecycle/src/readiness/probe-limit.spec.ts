import { Subject, defer, of } from "rxjs";
import { describe, expect, it } from "vitest";
import { createProbeLimit } from "./probe-limit.js";

function tracked() {
  const started: string[] = [];
  const work = (name: string, end: Subject<void>) =>
    defer(() => {
      started.push(name);
      return end;
    });
  return { started, work };
}

describe("createProbeLimit", () => {
  it("starts the next one in order when one completes, errors or is unsubscribed", () => {
    const limit = createProbeLimit(1);
    const { started, work } = tracked();
    const [a, b, c] = [new Subject<void>(), new Subject<void>(), new Subject<void>()];
    limit(work("a", a)).subscribe();
    limit(work("b", b)).subscribe({ error: () => undefined });
    const third = limit(work("c", c)).subscribe();
    limit(work("d", new Subject())).subscribe();
    expect(started).toEqual(["a"]);
    a.complete();
    expect(started).toEqual(["a", "b"]);
    b.error(new Error("b"));
    expect(started).toEqual(["a", "b", "c"]);
    third.unsubscribe();
    expect(started).toEqual(["a", "b", "c", "d"]);
  });

  it("forgets who left the queue", () => {
    const limit = createProbeLimit(1);
    const { started, work } = tracked();
    const first = new Subject<void>();
    limit(work("a", first)).subscribe();
    limit(work("b", new Subject())).subscribe().unsubscribe();
    limit(work("c", new Subject())).subscribe();
    first.complete();
    expect(started).toEqual(["a", "c"]);
  });

  it("frees the slot of work that ends at once", () => {
    const limit = createProbeLimit(1);
    const seen: number[] = [];
    for (const value of [1, 2, 3]) limit(of(value)).subscribe((next) => seen.push(next));
    expect(seen).toEqual([1, 2, 3]);
  });
});
