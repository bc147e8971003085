import { setImmediate as turn } from "node:timers/promises";
import { firstValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import { interruption } from "./interruption.js";

describe("interruption", () => {
  it("emits the first signal, is still listening while others hear of it, and then leaves signals to the system", async () => {
    const before = process.listenerCount("SIGINT");
    const first = firstValueFrom(interruption());
    let heard: number | undefined;
    const other = (): void => void (heard = process.listenerCount("SIGINT"));
    process.once("SIGINT", other);
    process.emit("SIGINT", "SIGINT");
    expect(await first).toBe("SIGINT");
    // `once` has taken its own listener off by then.
    expect(heard).toBe(before + 1);
    await turn();
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});
