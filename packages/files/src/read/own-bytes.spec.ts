import { describe, expect, it } from "vitest";
import { ownBytes } from "./own-bytes.js";

describe("ownBytes", () => {
  it("keeps what is nobody else's without a copy, as plain bytes", () => {
    const bytes = Buffer.from(Uint8Array.of(1, 2, 3).buffer);
    const own = ownBytes({ kind: "chunk", bytes, isOwned: true });
    expect(own).toEqual(Uint8Array.of(1, 2, 3));
    expect(own.buffer).toBe(bytes.buffer);
  });

  it.each([false, undefined])("copies what may be overwritten (isOwned %s)", (isOwned) => {
    const shared = Uint8Array.of(1, 2, 3, 4);
    const own = ownBytes({ kind: "chunk", bytes: shared.subarray(1, 3), ...(isOwned === undefined ? {} : { isOwned }) });
    shared.fill(0);
    expect(own).toEqual(Uint8Array.of(2, 3));
    expect(own.buffer.byteLength).toBe(2);
  });
});
