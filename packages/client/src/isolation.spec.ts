import { firstValueFrom, lastValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import { createClient } from "./create-client.js";
import { scriptedServer } from "./testing/scripted-server.js";

describe("sandbox.isolation", () => {
  it("reads files below the session, with the files API of the sandbox", async () => {
    const routes = {
      "GET */proxy/44772/v1/isolated/session/i/files/download": { body: "inside" },
      "GET */proxy/44772/files/download": { body: "outside" },
    };
    const server = scriptedServer({}, routes);
    const client = createClient({ domain: "cp.test", apiKey: "KEY", transport: server.transport, retry: false });
    const sandbox = await firstValueFrom(client.create({ image: "i" }));
    expect(await lastValueFrom(sandbox.isolation.attach("i").files.readFile("/workspace/a"))).toBe("inside");
    expect(await lastValueFrom(sandbox.files.readFile("/workspace/a"))).toBe("outside");
  });
});
