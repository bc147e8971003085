import { readFileSync } from "node:fs";
import { Observable, Subscription } from "rxjs";
import { describe, expect, it } from "vitest";
import { lease } from "./lease.js";
import { VirtualTime } from "./testing/virtual-time.js";

const TTL_SECONDS = 600;
const page = readFileSync(new URL("../../../docs/scaling.md", import.meta.url), "utf8");

/** What the page says for 10, 1,000 and 100,000 sandboxes in the row that begins so. */
function rowOf(start: string): readonly number[] {
  const row = page.split("\n").find((line) => line.startsWith(`| ${start} |`));
  return (row ?? "")
    .split("|")
    .slice(2, 5)
    .map((cell) => Number(cell.replaceAll(",", "")));
}

/** Renewals per second of so many leases, and bytes of each. */
function simulate(count: number): { readonly perSecond: number; readonly bytesEach: number } {
  const time = new VirtualTime();
  time.install();
  const leases = new Subscription();
  try {
    let renewals = 0;
    const renew = (seconds: number) =>
      new Observable<Date>((subscriber) => {
        const timer = setTimeout(() => {
          renewals += 1;
          subscriber.next(new Date(Date.now() + seconds * 1000));
          subscriber.complete();
        }, 20);
        return () => clearTimeout(timer);
      });
    const beforeBytes = process.memoryUsage().heapUsed;
    for (let index = 0; index < count; index += 1) {
      leases.add(lease({ id: `s${index}`, renew }, { ttlSeconds: TTL_SECONDS }).subscribe({ error: () => undefined }));
      // Programs do not begin all at once.
      time.pass(((TTL_SECONDS / 3) * 1000) / count);
    }
    const bytesEach = (process.memoryUsage().heapUsed - beforeBytes) / count;
    // The first renewals are due, as early and as late as their spread makes them.
    time.pass(20_000);
    renewals = 0;
    const seconds = count > 1000 ? 60 : 6000;
    time.pass(seconds * 1000);
    return { perSecond: renewals / seconds, bytesEach };
  } finally {
    leases.unsubscribe();
    time.uninstall();
  }
}

describe("docs/scaling.md", () => {
  it.each([
    [10, 0],
    [1_000, 1],
    [100_000, 2],
  ])(
    "is right about the renewals of %i leases",
    (count, column) => {
      const { perSecond, bytesEach } = simulate(count);
      const documented = rowOf("`sandbox.lease`, `ttlSeconds: 600`")[column] ?? NaN;
      expect(perSecond).toBeGreaterThan(documented * 0.9);
      expect(perSecond).toBeLessThan(documented * 1.1);
      // What was not collected yet is in it too.
      if (count === 100_000) expect(bytesEach).toBeLessThan(6_000);
    },
    120_000,
  );
});
