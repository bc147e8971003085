import { NEVER } from "rxjs";
import { describe, expect, it } from "vitest";
import { createScope } from "../scope/create-scope.js";
import { collect, get, setUp } from "../testing/api-over.js";
import { createConnection } from "./connection.js";

describe("createConnection", () => {
  it("ends the calls of its api when the client closes, and refuses new ones", async () => {
    const scope = createScope();
    const { api, transport } = setUp(() => NEVER);
    const connection = createConnection({ api, scope });
    const running = [
      connection.api.empty(get),
      connection.api.request(get),
      connection.api.json(get, (value) => value),
      connection.api.open(get),
    ].map(collect);
    await scope.close();
    expect(running.map(({ error }) => error?.code)).toEqual(Array(4).fill("closed"));
    expect(transport.aborted()).toBe(4);
    expect(collect(connection.api.open(get)).error?.code).toBe("closed");
    expect(transport.sent).toHaveLength(4);
  });

  it("leaves the calls of its cleanupApi alone", async () => {
    const scope = createScope();
    const { api, transport } = setUp(() => NEVER);
    const { cleanupApi } = createConnection({ api, scope });
    const running = collect(cleanupApi.empty(get));
    await scope.close();
    expect(running.error).toBeUndefined();
    collect(cleanupApi.empty(get));
    expect(transport.sent).toHaveLength(2);
  });
});
