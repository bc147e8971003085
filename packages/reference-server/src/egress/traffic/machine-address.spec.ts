import { networkInterfaces } from "node:os";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { isMachineAddress, lookupElsewhere, MACHINE_REFUSED } from "./machine-address.js";

const mine = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .map(({ address }) => address);

describe("isMachineAddress", () => {
  it.each([
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "169.254.169.254",
    "fe80::1",
    ...mine,
  ])("knows %s", (address) => {
    expect(isMachineAddress(address)).toBe(true);
  });

  it.each(["192.0.2.1", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1", "localhost", "", "127.0.0.1:80"])(
    "knows that %j is none",
    (text) => {
      expect(isMachineAddress(text)).toBe(mine.includes(text));
    },
  );
});

describe("lookupElsewhere", () => {
  const look = promisify(
    lookupElsewhere as (name: string, options: object, done: (error: Error | null, addresses: unknown) => void) => void,
  );

  it.each([{ all: true }, {}])("finds no address of this machine, options %j", async (options) => {
    await expect(look("localhost", options)).rejects.toMatchObject({
      code: MACHINE_REFUSED,
      message: "localhost is an address of this machine",
    });
  });

  it("gives other addresses as it was asked for them", async () => {
    expect(await look("192.0.2.7", { all: true })).toEqual([{ address: "192.0.2.7", family: 4 }]);
    expect(await look("192.0.2.7", {})).toBe("192.0.2.7");
  });

  it("says what is not found as the resolver does", async () => {
    await expect(look("name.invalid", {})).rejects.toMatchObject({ code: expect.stringMatching(/^E/) as string });
  });
});
