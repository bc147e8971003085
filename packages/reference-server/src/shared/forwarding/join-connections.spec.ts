import { Duplex } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { joinConnections } from "./join-connections.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** A connection whose other side reads nothing. */
function stuck(): Duplex {
  return new Duplex({ read() {}, write() {} });
}

it("ends both connections when one has ended, also where the other never takes what it was sent", async () => {
  const client = stuck();
  const peer = stuck();
  joinConnections(client, Buffer.alloc(0), peer, Buffer.alloc(0));
  client.push("last words");
  client.push(null);
  await new Promise((resolve) => client.once("end", resolve));
  await vi.advanceTimersByTimeAsync(4_000);
  expect([client.destroyed, peer.destroyed]).toEqual([false, false]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([client.destroyed, peer.destroyed]).toEqual([true, true]);
});
