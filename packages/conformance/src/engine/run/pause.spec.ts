import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { Unverifiable } from "../../model/outcome.js";
import { pause } from "./pause.js";

describe("pause", () => {
  it("leaves no listener behind", async () => {
    const { signal } = new AbortController();
    for (let times = 0; times < 20; times++) await pause(1, signal);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("ends with the signal, before and during the wait", async () => {
    const stop = new AbortController();
    const waiting = pause(60_000, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toBeInstanceOf(Unverifiable);
    await expect(pause(60_000, stop.signal)).rejects.toBeInstanceOf(Unverifiable);
  });
});
