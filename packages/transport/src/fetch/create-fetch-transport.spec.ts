import { runInNewContext } from "node:vm";
import { lastValueFrom, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import { createFetchTransport } from "./create-fetch-transport.js";

/** How Node's `fetch` fails, in an error of another realm: that is what a program in Jest or jsdom sees. */
const failing = (cause: string) => (): Promise<Response> =>
  Promise.reject(runInNewContext(`new TypeError("fetch failed", { cause: Object.assign(new Error("m"), ${cause}) })`));

describe("createFetchTransport", () => {
  it.each([
    [`{ code: "ECONNREFUSED" }`, "connect"],
    [`{ code: "ECONNRESET" }`, "reset"],
    [`{ code: "UND_ERR_SOCKET" }`, "reset"],
    [`{ name: "HTTPParserError" }`, "malformed"],
    [`{ name: "HTTPParserError", message: "Invalid EOF state" }`, "reset"],
  ])("takes a cause %s of another realm for a failure of the kind %s", async (cause, kind) => {
    const transport = createFetchTransport({ fetch: failing(cause) });
    const request = { method: "GET", url: "http://h.test", headers: {} };
    const exchanges: readonly Observable<unknown>[] = [transport.request(request), transport.open(request)];
    for (const work of exchanges)
      await expect(lastValueFrom(work)).rejects.toMatchObject({ name: "TransportFailure", kind, sent: true });
    await transport.close();
  });
});
