import { createClient, SandboxError } from "@rxsandbox/client";
import { firstValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import { errorText } from "./error-text.js";

describe("errorText", () => {
  it("tells why a server cannot be reached, once", async () => {
    const client = createClient({ domain: "127.0.0.1:1", retry: false });
    const error: unknown = await firstValueFrom(client.sandboxes.list()).catch((reason: unknown) => reason);
    await client.close();
    expect(errorText(error)).toBe(
      "rxsandbox: List sandboxes (GET /sandboxes): cannot connect to 127.0.0.1:1 (ECONNREFUSED) [network]\n",
    );
  });

  it("names the request of an answer", () => {
    const error = new SandboxError("server-error", "no", { status: 500, requestId: "r-1" });
    expect(errorText(error)).toBe("rxsandbox: no [server-error] (request r-1)\n");
  });

  it("tells the cause of a foreign error unless its message does", () => {
    const cause = new Error("disk full");
    expect(errorText(new Error("cannot write", { cause }))).toBe("rxsandbox: cannot write\n  caused by: disk full\n");
    expect(errorText(new Error("cannot write: disk full", { cause }))).toBe("rxsandbox: cannot write: disk full\n");
    expect(errorText("text")).toBe("rxsandbox: text\n");
  });
});
