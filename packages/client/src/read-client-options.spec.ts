import { describe, expect, it } from "vitest";
import type { ClientOptions } from "./client-options.js";
import type { RuntimePlatform } from "./platform/platform.js";
import { readClientOptions } from "./read-client-options.js";

const platform = (environment: Readonly<Record<string, string>> = {}): RuntimePlatform => ({
  readEnvironment: (name) => environment[name],
  createTransport: () => {
    throw new Error("no transport is made while options are read");
  },
  defaultAccess: "direct",
});
const read = (options: unknown, environment?: Readonly<Record<string, string>>) =>
  readClientOptions(options as ClientOptions, platform(environment));

describe("readClientOptions", () => {
  it("fills in the defaults", () => {
    expect(read({})).toMatchObject({
      apiKey: undefined,
      headers: {},
      sandboxHeaders: {},
      requestTimeoutMs: 30_000,
      createTimeoutMs: 300_000,
      access: "direct",
      debug: false,
    });
  });

  it("prefers what is given to the environment, and takes an empty text for absent", () => {
    const environment = { OPEN_SANDBOX_API_KEY: "env-key", OPEN_SANDBOX_DOMAIN: "env.test" };
    expect(read({}, environment).apiKey).toBe("env-key");
    expect(read({ apiKey: " key " }, environment).apiKey).toBe("key");
    expect(read({ apiKey: "" }, environment).apiKey).toBe("env-key");
    expect(JSON.stringify(read({ domain: "own.test" }, environment).connection)).toContain("own.test");
    expect(JSON.stringify(read({ domain: " " }, environment).connection)).toContain("env.test");
  });

  it("copies headers: a later change of the caller's object has no effect", () => {
    const headers = { a: "1" };
    const given = read({ headers });
    headers.a = "2";
    expect(given.headers).toEqual({ a: "1" });
  });

  it.each([
    [{ useServerProxy: true }, "proxy"],
    [{ useServerProxy: false }, "direct"],
    [{ access: "proxy", useServerProxy: true }, "proxy"],
    [{ access: { kind: "signed", ttlSeconds: 60 } }, { kind: "signed", ttlSeconds: 60 }],
  ])("reads the access of %j", (options, access) => {
    expect(read(options).access).toEqual(access);
  });

  it.each([
    [{ access: "direct", useServerProxy: true }, "useServerProxy"],
    [{ access: "signed" }, "access.ttlSeconds"],
    [{ access: { kind: "signed", ttlSeconds: 0 } }, "access.ttlSeconds"],
    [{ access: "tunnel" }, "access"],
    [{ access: 3 }, "access"],
    [{ apiKey: "a\nb" }, "apiKey"],
    [{ headers: { "a b": "1" } }, 'headers["a b"]'],
    [{ sandboxHeaders: { a: "€" } }, "sandboxHeaders.a"],
    [{ requestTimeoutSeconds: 0 }, "requestTimeoutSeconds"],
    [{ retry: { maxAttempts: 0 } }, "retry.maxAttempts"],
    [{ retry: true }, "retry"],
    [{ transport: {}, dispatcher: {} }, "dispatcher"],
    [{ maxEventBytes: 0.5 }, "maxEventBytes"],
    [{ timeout: 3 }, "timeout"],
    [null, "options"],
  ])("refuses %j by the name of the option", (options, argument) => {
    expect(() => read(options)).toThrow(expect.objectContaining({ argument }));
  });

  it("keeps a wrong key out of the message", () => {
    expect(() => read({ apiKey: "secret\u0000key" })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("secret") as string }),
    );
  });
});
