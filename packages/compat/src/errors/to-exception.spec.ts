import { describe, expect, it } from "vitest";
import { scriptedSandbox } from "../testing/scripted-sandbox.js";
import { SandboxApiException, SandboxException } from "./exceptions.js";
import { toException } from "./to-exception.js";

interface FailedAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

async function failureOf(answer: FailedAnswer): Promise<SandboxApiException> {
  const { sandbox } = await scriptedSandbox({ "POST /v1/sandboxes/s/pause": answer });
  const error: unknown = await sandbox.pause().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SandboxApiException);
  return error as SandboxApiException;
}

describe("toException", () => {
  it.each<[FailedAnswer, string, string]>([
    [
      { status: 409, json: { code: "DOCKER::SANDBOX_NOT_RUNNING", message: "not running" } },
      "not running",
      "DOCKER::SANDBOX_NOT_RUNNING",
    ],
    [{ status: 500, json: { error: { code: "INNER", message: "inner" } } }, "inner", "INNER"],
    [{ status: 422, json: { detail: "no" } }, "no", "UNEXPECTED_RESPONSE"],
    [{ status: 502, body: "Bad Gateway" }, "Bad Gateway", "UNEXPECTED_RESPONSE"],
    [{ status: 500 }, "Pause sandbox failed", "UNEXPECTED_RESPONSE"],
  ])("gives %j the message and code of the official SDK", async (answer, message, code) => {
    const error = await failureOf(answer);
    expect(error).toMatchObject({
      name: "SandboxApiException",
      message,
      statusCode: answer.status,
      error: { code, message },
    });
    expect(error.rawBody).toEqual(answer.json ?? answer.body);
  });

  it("carries the request id, and keeps the body out of what is logged", async () => {
    const error = await failureOf({
      status: 500,
      json: { message: "m", hint: "body text" },
      headers: { "x-request-id": "r-1" },
    });
    expect(error.requestId).toBe("r-1");
    expect(JSON.stringify(error)).not.toContain("body text");
  });

  it("names what is no answer of a server by the client's code", async () => {
    const { sandbox } = await scriptedSandbox({
      "POST /v1/sandboxes/s/pause": { failure: "reset" },
      "POST /v1/sandboxes/s/renew-expiration": { json: {} },
    });
    await expect(sandbox.pause()).rejects.toMatchObject({ name: "SandboxException", error: { code: "NETWORK" } });
    await expect(sandbox.renew(60)).rejects.toMatchObject({
      name: "SandboxException",
      error: { code: "UNEXPECTED_RESPONSE" },
    });
    await expect(sandbox.getEndpoint(0)).rejects.toMatchObject({
      name: "InvalidArgumentException",
      error: { code: "INVALID_ARGUMENT" },
    });
  });

  it.each([
    [
      { status: 404, json: { code: "DOCKER::SANDBOX_NOT_FOUND", message: "no such sandbox" } },
      { name: "SandboxApiException", statusCode: 404, error: { code: "SANDBOX_NOT_FOUND" } },
    ],
    [
      { json: { id: "s", status: { state: "Terminated" }, createdAt: "2026-11-23T02:03:37Z" } },
      { name: "SandboxUnhealthyException", error: { code: "UNHEALTHY" } },
    ],
  ])("says so when a run fails because its sandbox is gone, whose state is %j", async (state, expected) => {
    const { sandbox, transport } = await scriptedSandbox({ "POST /s/command": { failure: "reset" } });
    transport.route("GET /v1/sandboxes/s", state);
    await expect(sandbox.commands.run("echo hi")).rejects.toMatchObject(expected);
  });

  it("lets everything else through", () => {
    const mine = new Error("mine");
    expect(toException(mine, "Do it")).toBe(mine);
    expect(toException(new SandboxException(), "Do it")).toBeInstanceOf(SandboxException);
  });
});
