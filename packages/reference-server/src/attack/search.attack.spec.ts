import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { availableDrivers } from "../testing/available-drivers.js";
import { type TestServer, testServer } from "../testing/test-server.js";

describe.each(await availableDrivers())("GET /files/search with patterns made to be slow (%s driver)", (driver) => {
  let test: TestServer;
  let id: string;

  beforeAll(async () => {
    test = await testServer({ driver });
    id = await test.create();
    await test.run(
      id,
      `mkdir long; node -e 'for (let i = 1000; i < 2000; i += 1) require("fs").writeFileSync("long/" + "a".repeat(246) + i, "")'`,
    );
  });
  afterAll(() => test.close());

  const search = (pattern: string) =>
    test.call("GET", `/v1/sandboxes/${id}/proxy/44772/files/search?path=long&pattern=${encodeURIComponent(pattern)}`);

  it.each(["*a".repeat(10) + "b", "{*a,*}".repeat(10) + "b"])(
    "answers others while it matches with %s (H8)",
    async (pattern) => {
      const order: string[] = [];
      const searched = search(pattern).then((answer) => order.push(`search ${answer.status} ${answer.text}`));
      const pings: Promise<unknown>[] = [];
      for (let count = 0; count < 5; count += 1)
        pings.push(test.call("GET", `/v1/sandboxes/${id}/proxy/44772/ping`).then(({ status }) => status));
      expect(await Promise.all(pings)).toEqual([200, 200, 200, 200, 200]);
      await searched;
      expect(order).toEqual(["search 200 []"]);
    },
  );

  it("lets others have a turn during a search that takes long", async () => {
    let text: string | undefined;
    const searched = search("*a".repeat(3000) + "b").then((answer) => (text = answer.text));
    let pings = 0;
    for (; text === undefined; pings += 1)
      expect(await test.call("GET", `/v1/sandboxes/${id}/proxy/44772/ping`)).toMatchObject({ status: 200 });
    await searched;
    expect(text).toBe("[]");
    // About ten are answered while the search only reads the directory; then each turn answers more.
    expect(pings).toBeGreaterThan(40);
  });
});
