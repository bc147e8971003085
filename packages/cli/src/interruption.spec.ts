import { EventEmitter } from "node:events";
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

  it.each(["EPIPE", "EIO"])(
    "emits SIGPIPE when an output fails with %s, and keeps listening to the outputs",
    async (code) => {
      const [out, err] = [new EventEmitter(), new EventEmitter()];
      const first = firstValueFrom(interruption([out, err]));
      out.emit("error", Object.assign(new Error("closed"), { code }));
      expect(await first).toBe("SIGPIPE");
      await turn();
      expect(() => err.emit("error", Object.assign(new Error("closed"), { code }))).not.toThrow();
    },
  );

  it("errors with any other failure of an output, and takes its listeners off when it is not wanted any more", async () => {
    const out = new EventEmitter();
    const failed = firstValueFrom(interruption([out]));
    const full = Object.assign(new Error("full"), { code: "ENOSPC" });
    out.emit("error", full);
    await expect(failed).rejects.toBe(full);
    const other = new EventEmitter();
    interruption([other]).subscribe().unsubscribe();
    await turn();
    expect(other.listenerCount("error")).toBe(0);
  });
});
