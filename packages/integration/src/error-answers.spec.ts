import { readFileSync, readdirSync } from "node:fs";
import { createApi, createRedactor, isSandboxError, type SandboxError } from "@rxsandbox/transport";
import { createTestTransport } from "@rxsandbox/testkit";
import { firstValueFrom, of } from "rxjs";
import { describe, expect, it } from "vitest";

interface Exchange {
  readonly request?: { readonly method?: string; readonly body?: string | null };
  readonly response?: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    readonly chunks?: readonly { readonly b64?: string }[];
  };
}
interface Recording extends Exchange {
  readonly id: string;
  readonly steps?: readonly Exchange[];
}

const root = new URL("../fixtures/transcripts/", import.meta.url);

/** Every answer outside 2xx that was recorded from the real servers. */
function errorAnswers(): {
  readonly id: string;
  readonly status: number;
  readonly body: Uint8Array;
  readonly headers: Record<string, string>;
}[] {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => /^\w+\/.*\.json$/.test(file));
  return files.flatMap((file) => {
    const recording = JSON.parse(readFileSync(new URL(file, root), "utf8")) as Recording;
    return (recording.steps ?? [recording]).flatMap(({ response }) => {
      const status = response?.status ?? 0;
      if (status < 300) return [];
      const body = Buffer.concat((response?.chunks ?? []).map(({ b64 = "" }) => Buffer.from(b64, "base64")));
      const headers = Object.fromEntries(
        Object.entries(response?.headers ?? {}).map(([name, value]) => [name, String(value)]),
      );
      return [{ id: recording.id, status, body, headers }];
    });
  });
}

describe("createApi", () => {
  const answers = errorAnswers();

  it("makes a typed error of every error answer of the recordings, with the server's code and words and without the echoed request", async () => {
    expect(answers.length).toBeGreaterThan(200);
    for (const { id, status, body, headers } of answers) {
      const transport = createTestTransport({ "GET /x": { status, headers, body } });
      const api = createApi({
        transport,
        target: () => of({ url: "http://h", headers: {}, access: "direct" }),
        requestTimeoutMs: 1000,
        retry: false,
        redact: createRedactor(["s3cret-value"]),
      });
      const error = (await firstValueFrom(api.empty({ what: "Try it", method: "GET", path: "/x" })).catch(
        (thrown: unknown) => thrown,
      )) as SandboxError;
      expect(isSandboxError(error), id).toBe(true);
      expect(error.status, id).toBe(status);
      expect(error.message, id).toMatch(/^Try it \(GET \/x\): \S.* \[[a-z-]+\]$/);
      expect(error.code === "protocol", id).toBe(status < 400);
      expect(error.requestId, id).toBe(headers["x-request-id"] ?? transport.requests[0]?.headers["x-request-id"]);
      const text = Buffer.from(body).toString();
      if (status < 400) continue;
      const first = text.includes("}{") ? `${text.split("}{")[0]}}` : text;
      const json =
        first.startsWith("{") && !text.includes('"headers": [[')
          ? (JSON.parse(first) as { code?: string; message?: string })
          : {};
      expect(error.serverCode, id).toBe(json.code);
      if (json.message) expect(error.message, id).toContain(json.message.replaceAll(/\s+/g, " ").slice(0, 40).trim());
      expect(JSON.stringify(error.body) ?? "", id).not.toMatch(/s3cret-value|"input"|"ctx"/);
      expect(error.message, id).not.toContain("s3cret-value");
    }
  });
});
