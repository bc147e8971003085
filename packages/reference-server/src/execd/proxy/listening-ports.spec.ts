import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { ListeningPorts } from "./listening-ports.js";

describe.skipIf(process.platform !== "linux")("ListeningPorts", () => {
  it("gives no connection to a socket that is another's by the time it stands (H9)", async () => {
    // A refused connection is reset.
    const service = createServer((peer) => peer.on("error", () => undefined).end("of another")).listen(0, "127.0.0.1");
    await once(service, "listening");
    const { port } = service.address() as AddressInfo;
    const connected = (members: readonly number[]): Promise<{ error: Error | null; socket: Socket }> =>
      new Promise((resolve) =>
        new ListeningPorts().connect(
          port,
          () => members,
          (error, socket) => resolve({ error, socket }),
        ),
      );

    const refused = await connected([]);
    expect(refused.error?.message).toBe(`port ${port} no longer belongs to the sandbox`);
    expect(refused.socket.destroyed).toBe(true);

    const given = await connected([process.pid]);
    expect(given.error).toBeNull();
    given.socket.destroy();
    service.close();
  });
});
