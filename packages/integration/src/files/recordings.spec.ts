import { readFileSync, readdirSync } from "node:fs";
import { lastValueFrom, of, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import { createFiles, type Files } from "@rxsandbox/files";
import { createApi, createRedactor, createScope, isSandboxError } from "@rxsandbox/transport";
import { byteScript, createTestTransport, type TestTransport } from "@rxsandbox/testkit";
import { createConnection } from "@rxsandbox/transport/calls";

interface RecordedStep {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | readonly string[]>>;
    readonly chunks: readonly { readonly b64: string }[];
    readonly end: string;
  };
  readonly decoded?: readonly unknown[];
}

interface Exchange extends RecordedStep {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const fixtures = new URL("../../fixtures/transcripts/execd/files/", import.meta.url);

const exchanges = readdirSync(fixtures).flatMap((file) => {
  const recorded = JSON.parse(readFileSync(new URL(file, fixtures), "utf8")) as RecordedStep & {
    readonly id: string;
    readonly steps?: readonly RecordedStep[];
  };
  return (recorded.steps ?? [recorded]).map((step, index): Exchange => {
    const { method, path } = step.request;
    const bytes = Uint8Array.from(Buffer.concat(step.response.chunks.map(({ b64 }) => Buffer.from(b64, "base64"))));
    return { ...step, name: `${recorded.id} #${index + 1} ${method} ${path}`, bytes };
  });
});

function filesOver({ request, response, bytes }: Exchange): {
  readonly files: Files;
  readonly transport: TestTransport;
} {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      typeof value === "string" ? value : value.join(", "),
    ]),
  );
  const body = [
    ...byteScript(bytes),
    ...(response.end === "short" ? [{ kind: "fail" as const, failure: "reset" as const }] : []),
  ];
  const transport = createTestTransport({ [`${request.method} *`]: { status: response.status, headers, body } });
  const endpoint = { url: "http://sandbox.test", headers: {}, access: "direct" } as const;
  const api = createApi({
    transport,
    target: () => of(endpoint),
    requestTimeoutMs: 1000,
    retry: false,
    redact: createRedactor([]),
  });
  return {
    files: createFiles(createConnection({ api, scope: createScope(), capabilities: transport.capabilities })),
    transport,
  };
}

type Wire = Readonly<Record<string, unknown>>;
type Entries = Readonly<Record<string, Wire>>;

/** What the client tells of a file, from the recorded JSON alone. */
const info = ({ modified_at: modified, created_at: created, ...rest }: Wire): unknown => ({
  ...rest,
  modifiedAt: new Date(modified as string),
  createdAt: new Date(created as string),
});

interface Call {
  /** The same call; where the client refuses what was recorded, the nearest one that it sends. */
  readonly call: (files: Files) => Observable<unknown>;
  readonly expected: () => unknown;
}

const nothing = (): undefined => undefined;

/**
 * How a recorded request is made with the client, and what it has to give then; `undefined` where the client never asks
 * so.
 */
function callOf({ request, bytes, decoded = [] }: Exchange): Call | undefined {
  const { pathname, searchParams } = new URL(request.path, "http://x");
  const path = searchParams.get("path") ?? "/given/locally";
  const paths = searchParams.has("path") ? searchParams.getAll("path") : ["/given/locally"];
  const json = (): unknown => JSON.parse(request.body ?? "null") as unknown;
  const [answer] = decoded;
  switch (`${request.method} ${pathname}`) {
    case "GET /files/download": {
      if ("If-Modified-Since" in request.headers) return undefined;
      const range = request.headers["Range"];
      const lines = { offset: searchParams.get("offset"), limit: searchParams.get("limit") };
      if (lines.offset !== null || lines.limit !== null) {
        const count = (text: string | null): { value?: number } =>
          text === null ? {} : { value: Number(text) >= 1 ? Number(text) : 1 };
        const { value: offset } = count(lines.offset);
        const { value: limit } = count(lines.limit);
        return {
          call: (files) =>
            files.readBytes(path, { ...(offset !== undefined && { offset }), ...(limit !== undefined && { limit }) }),
          expected: () => bytes,
        };
      }
      const single = range === undefined ? {} : { range: /^bytes=[\d-]+$/.test(range) ? range : "bytes=0-1" };
      return { call: (files) => files.readBytes(path, { ...single, maxResumes: 0 }), expected: () => bytes };
    }
    case "GET /files/info":
      return {
        call: (files) => files.getFileInfo(paths),
        expected: () => Object.fromEntries(Object.entries(answer as Entries).map(([key, file]) => [key, info(file)])),
      };
    case "GET /files/search": {
      const pattern = searchParams.get("pattern");
      return {
        call: (files) => files.search({ path, ...(pattern !== null && { pattern }) }),
        expected: () => (answer as readonly Wire[]).map(info),
      };
    }
    case "GET /directories/list": {
      const depth = Number(searchParams.get("depth") ?? 1);
      return {
        call: (files) => files.listDirectory({ path, depth: depth >= 0 ? depth : 0 }),
        expected: () => (answer as readonly Wire[]).map(info),
      };
    }
    case "DELETE /files":
      return { call: (files) => files.deleteFiles(paths), expected: nothing };
    case "DELETE /directories":
      return { call: (files) => files.deleteDirectories(paths), expected: nothing };
    case "POST /directories":
      return {
        call: (files) =>
          files.createDirectories(
            Object.entries(json() as Entries).map(([key, permission]) => ({ path: key, ...permission })),
          ),
        expected: nothing,
      };
    case "POST /files/permissions": {
      const entries = Object.entries(json() as Entries).map(([key, permission]) => ({
        path: key,
        ...(Object.keys(permission).length === 0 || permission["mode"] === 999 ? { mode: 777 } : permission),
      }));
      return { call: (files) => files.setPermissions(entries), expected: nothing };
    }
    case "POST /files/mv": {
      const moves = json() as readonly { readonly src: string; readonly dest: string }[];
      return {
        call: (files) => files.moveFiles(Array.isArray(moves) && moves.length > 0 ? moves : [{ src: "a", dest: "b" }]),
        expected: nothing,
      };
    }
    case "POST /files/replace": {
      const entries = Object.entries(
        json() as Readonly<Record<string, { readonly old: string; readonly new: string }>>,
      ).map(([key, { old, new: newContent }]) => ({ path: key, oldContent: old || "given locally", newContent }));
      if (!searchParams.has("verbose")) return { call: (files) => files.replaceContents(entries), expected: nothing };
      const counts = answer as Readonly<Record<string, { readonly replacedCount: number }>>;
      return {
        call: (files) => files.replaceContentsDetailed(entries),
        expected: () => Object.entries(counts).map(([key, { replacedCount }]) => ({ path: key, replacedCount })),
      };
    }
    case "POST /files/upload":
      return { call: (files) => files.writeFiles([{ path: "/tmp/t/up/x", data: "x" }]), expected: nothing };
    default:
      return undefined;
  }
}

const called = exchanges.flatMap((exchange) => {
  const call = callOf(exchange);
  return call === undefined ? [] : [{ exchange, name: exchange.name, ...call }];
});

describe("file calls on recorded answers", () => {
  it("make every recorded request but those that the client never makes", () => {
    expect(exchanges.filter(({ name }) => !called.some((one) => one.name === name)).map(({ name }) => name)).toEqual([
      "execd/files/download #4 GET /files/download?path=/tmp/t/f/a.txt",
    ]);
    expect(called.length).toBeGreaterThan(80);
  });

  const isBogus = ({ response }: Exchange): boolean => response.end === "short" && response.status === 200;

  it.each(called.filter(({ exchange }) => exchange.response.status < 300 && !isBogus(exchange)))(
    "$name gives what was recorded",
    async ({ exchange, call, expected }) => {
      expect(await lastValueFrom(call(filesOver(exchange).files))).toEqual(expected());
    },
  );

  it.each(called.filter(({ exchange }) => exchange.response.status >= 400))(
    "$name errors as recorded",
    async ({ exchange, call }) => {
      const { status } = exchange.response;
      const error = await lastValueFrom(call(filesOver(exchange).files)).catch((thrown: unknown) => thrown);
      const text = exchange.bytes.length === 0 ? "{}" : Buffer.from(exchange.bytes).toString();
      const { code } = (text.startsWith("{") ? JSON.parse(text) : {}) as { readonly code?: string };
      expect(isSandboxError(error)).toBe(true);
      expect(error).toMatchObject({ status, ...(code !== undefined && { serverCode: code }) });
      expect(error).toMatchObject({
        code: { 400: "invalid-request", 404: "not-found", 416: "limit-exceeded", 500: "server-error" }[status],
      });
    },
  );

  it.each(called.filter(({ exchange }) => isBogus(exchange)))(
    "$name, whose announced length no file has, is not a success",
    async ({ exchange, call }) => {
      await expect(lastValueFrom(call(filesOver(exchange).files))).rejects.toMatchObject({ code: "protocol" });
    },
  );

  const repeated = called.filter(
    ({ exchange: { request, response } }) =>
      response.status < 300 &&
      request.method !== "GET" &&
      request.path !== "/files/upload" &&
      !["{}", "[]"].includes(request.body ?? ""),
  );
  it.each(
    repeated.filter(({ exchange: { request } }) => request.method === "POST" && !/":\{\}/.test(request.body ?? "")),
  )("$name is sent as recorded", async ({ exchange, call }) => {
    const { files, transport } = filesOver(exchange);
    await lastValueFrom(call(files));
    const [sent] = transport.requests;
    expect(`${sent?.path}${new URL(sent?.url ?? "").search}`).toBe(exchange.request.path);
    expect(sent?.json()).toEqual(JSON.parse(exchange.request.body ?? "null"));
  });
});
