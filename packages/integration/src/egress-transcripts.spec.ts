import { lastValueFrom, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import { createClient, isSandboxError, type EgressRule, type Sandbox, type SandboxError } from "@rxsandbox/client";
import { createTestTransport } from "@rxsandbox/testkit";
import { recordings, type Recording } from "./lifecycle-recordings.js";

async function sandboxThatAnswers({ answer }: Recording) {
  const transport = createTestTransport({
    "GET /v1/sandboxes/:id": { json: { id: "s", status: { state: "Running" }, createdAt: "2026-11-23T02:03:37Z" } },
    "GET /v1/sandboxes/:id/endpoints/18080": { json: { endpoint: "box.test/proxy/18080", headers: { "OPENSANDBOX-EGRESS-AUTH": "token" } } },
    "* /proxy/18080/policy": answer,
  });
  const client = createClient({ domain: "cp.test", transport, retry: false });
  return { transport, sandbox: await lastValueFrom(client.connect("s", { skipHealthCheck: true })) };
}

/** The call that sends such a request; what the client refuses by itself is thrown. */
function callFor(sandbox: Sandbox, { method, body }: Recording): Observable<unknown> {
  return method === "GET" ? sandbox.getEgressPolicy() : sandbox.patchEgressRules(JSON.parse(body ?? "") as EgressRule[]);
}

describe("egress transcripts", () => {
  const all = recordings("egress/policy").filter(({ method, path }) => path === "/policy" && (method === "GET" || method === "PATCH"));
  const good = all.filter(({ status }) => status < 300);
  const bad = all.filter(({ status }) => status >= 300);

  it("covers every recorded GET and PATCH of the policy", () => {
    expect({ good: good.length, bad: bad.length }).toMatchInlineSnapshot(`
      {
        "bad": 18,
        "good": 105,
      }
    `);
  });

  it.each(good.map((recording) => [recording.name, recording] as const))("%s", async (_, recording) => {
    const { sandbox, transport } = await sandboxThatAnswers(recording);
    let call: Observable<unknown>;
    try {
      call = callFor(sandbox, recording);
    } catch (error) {
      // A rule without action means deny on this server; the client wants it spelt out (divergence G07).
      expect(error).toMatchObject({ code: "invalid-argument", argument: "rules[0].action" });
      expect((JSON.parse(recording.body ?? "") as { action?: string }[])[0]?.action ?? "").toBe("");
      return;
    }
    const value = await lastValueFrom(call);
    if (recording.method === "GET") {
      const { policy } = recording.decoded as { policy: { defaultAction: string; egress: unknown[] | null } };
      expect(value).toEqual({ defaultAction: policy.defaultAction, egress: policy.egress ?? [] });
    } else {
      expect(value).toBeUndefined();
      const sent = transport.calls("* /proxy/18080/policy")[0];
      expect(sent?.json()).toEqual(JSON.parse(recording.body ?? ""));
      expect(sent?.headers["opensandbox-egress-auth"]).toBe("token");
    }
  });

  it.each(bad.map((recording) => [recording.name, recording] as const))("%s", async (_, recording) => {
    const { sandbox } = await sandboxThatAnswers(recording);
    // What the client would refuse by itself is replaced by something valid: here it is about the answer.
    const call: Observable<unknown> = recording.method === "GET" ? sandbox.getEgressPolicy() : sandbox.patchEgressRules([{ action: "deny", target: "a" }]);
    const error = (await lastValueFrom(call).catch((reason: unknown) => reason)) as SandboxError;
    expect(isSandboxError(error)).toBe(true);
    expect({ status: error.status, serverCode: error.serverCode }).toEqual({ status: recording.status, serverCode: undefined });
    expect(error.message).toContain(String(recording.decoded).trim().slice(0, 60));
  });
});
