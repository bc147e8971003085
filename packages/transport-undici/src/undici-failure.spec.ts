import { describe, expect, it } from "vitest";
import { errors } from "undici";
import { undiciFailure } from "./undici-failure.js";

const system = (code: string): Error => Object.assign(new Error(code), { code });

describe("undiciFailure", () => {
  it.each([
    [system("ECONNREFUSED"), false, "connect", false],
    [system("ENOTFOUND"), false, "connect", false],
    [new errors.ConnectTimeoutError(), false, "connect", false],
    [system("CERT_HAS_EXPIRED"), false, "connect", false],
    [system("ECONNRESET"), true, "reset", true],
    [new errors.SocketError("other side closed"), true, "reset", true],
    [new errors.HTTPParserError("noise"), true, "malformed", true],
    [
      new errors.HTTPParserError("Response does not match the HTTP/1.1 protocol (Invalid EOF state)"),
      true,
      "reset",
      true,
    ],
    [new errors.HeadersOverflowError(), true, "malformed", true],
    [new errors.InvalidArgumentError("header"), false, "unsupported", false],
    [new errors.RequestContentLengthMismatchError(), true, "unsupported", true],
    [new errors.ClientDestroyedError(), false, "closed", false],
    [new Error("anything"), true, "reset", true],
  ] as const)("takes %o, begun: %s, for %s", (error, began, kind, sent) => {
    expect(undiciFailure(error, began)).toMatchObject({ name: "TransportFailure", kind, sent, cause: error });
  });
});
