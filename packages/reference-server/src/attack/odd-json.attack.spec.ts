import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rawHttp } from "../testing/raw-http.js";
import { type ServerProcess, serverProcess } from "../testing/server-process.js";

const DEPTH = 30_000;
const DIGITS = "9".repeat(50_000);

/** What is odd about a value that stands in the place of any other. */
const VALUES: readonly (readonly [name: string, value: Buffer])[] = [
  ["a number of 50,000 digits", latin1(DIGITS)],
  ["a number beyond any range", latin1("-1e999999999")],
  ["a fraction of 50,000 digits", latin1(`0.${DIGITS}`)],
  ["arrays of 30,000 levels", latin1("[".repeat(DEPTH) + "]".repeat(DEPTH))],
  ["objects of 30,000 levels", latin1(`${'{"a":'.repeat(DEPTH)}1${"}".repeat(DEPTH)}`)],
  ["arrays without an end", latin1("[".repeat(DEPTH))],
  ["a lone surrogate", latin1('"\\ud800"')],
  ["two surrogates in the wrong order", latin1('"\\udc00\\ud800"')],
  ["UTF-8 that is none", Buffer.from([0x22, 0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x22])],
  ["a NUL", latin1('"a\\u0000b"')],
  ["a control character", latin1('"a\u0001b"')],
  ["100,000 small arrays", latin1(`[${"[],".repeat(100_000)}1]`)],
];

/** Whole bodies. */
const BODIES: readonly (readonly [name: string, body: Buffer])[] = [
  ["nothing but a byte order mark", Buffer.from([0xef, 0xbb, 0xbf])],
  ["a byte order mark before JSON", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), latin1("{}")])],
  ["UTF-16", Buffer.from('\ufeff{"a":1}', "utf16le")],
  ["NULs", Buffer.alloc(1000)],
  ["white space", Buffer.alloc(300_000, 0x20)],
  ["a string without an end", latin1(`"${"a\\\\".repeat(100_000)}`)],
  ["equal keys", latin1(`{${'"action":"allow","egress":[],"command":"true",'.repeat(5_000)}"a":1}`)],
  ["names that every object has", latin1('{"__proto__":{"egress":[]},"constructor":{"prototype":{}},"toString":1}')],
];

/** Routes that take JSON, with a body in which `ODD` is replaced. */
const ROUTES: readonly (readonly [method: string, path: string, body: string])[] = [
  [
    "POST",
    "/v1/sandboxes",
    '{"image":{"uri":"any"},"entrypoint":["true"],"resourceLimits":{},"timeout":ODD,"metadata":{"a":ODD},"env":ODD}',
  ],
  ["PATCH", "/v1/sandboxes/:id/metadata", '{"a":ODD}'],
  ["POST", "/v1/sandboxes/:id/renew-expiration", '{"expiresAt":ODD}'],
  ["POST", "/v1/sandboxes/:id/snapshots", '{"name":ODD}'],
  ["POST", "/v1/sandboxes/:id/proxy/44772/command", '{"command":ODD,"cwd":ODD,"timeout":ODD}'],
  ["POST", "/v1/sandboxes/:id/proxy/44772/session", '{"cwd":ODD}'],
  ["POST", "/v1/sandboxes/:id/proxy/44772/code", '{"code":ODD,"context":ODD}'],
  ["POST", "/v1/sandboxes/:id/proxy/44772/pty", '{"cwd":ODD,"command":ODD}'],
  ["POST", "/v1/sandboxes/:id/proxy/44772/files/replace", '{"f":ODD}'],
  ["POST", "/v1/sandboxes/:id/proxy/44772/files/permissions", '{"f":{"mode":ODD}}'],
  ["POST", "/v1/sandboxes/:id/proxy/44772/files/mv", '[{"src":ODD,"dest":ODD}]'],
  ["POST", "/v1/sandboxes/:id/proxy/18080/policy", '{"defaultAction":ODD,"egress":ODD}'],
  ["PUT", "/v1/sandboxes/:id/proxy/18080/policy", '{"egress":[{"action":"allow","target":ODD}]}'],
  ["PATCH", "/v1/sandboxes/:id/proxy/18080/policy", '[{"action":"allow","target":ODD}]'],
  ["DELETE", "/v1/sandboxes/:id/proxy/18080/policy", "[ODD]"],
  ["POST", "/v1/sandboxes/:id/proxy/18080/credential-vault", '{"credentials":ODD,"bindings":ODD}'],
  ["PATCH", "/v1/sandboxes/:id/proxy/18080/credential-vault", '{"expectedRevision":ODD,"credentials":{"add":ODD}}'],
];

/** How long one answer may take on a machine that does other things too: none may grow with the square of a body. */
const PATIENCE_MS = 10_000;

/** 500 is the daemon's own answer to paths that no file can have. */
const EXPECTED = new Set([200, 201, 202, 204, 400, 404, 409, 413, 415, 422, 500]);

describe("odd JSON bodies", () => {
  let server: ServerProcess;
  let id: string;
  let egress: Readonly<Record<string, string>>;
  beforeAll(async () => {
    server = await serverProcess({});
    id = await server.create({
      networkPolicy: { defaultAction: "deny", egress: [] },
      credentialProxy: { enabled: true },
    });
    const { headers } = JSON.parse((await server.call("GET", `/v1/sandboxes/${id}/endpoints/18080`)).text) as {
      readonly headers: Readonly<Record<string, string>>;
    };
    egress = headers;
  });
  afterAll(() => server.close());

  async function send(
    method: string,
    path: string,
    body: Buffer,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const headers = { "OPEN-SANDBOX-API-KEY": server.apiKey, "Content-Type": "application/json", ...egress };
    const startedMs = performance.now();
    const answer = await rawHttp(server.domain, { method, path: path.replace(":id", id), headers, body });
    expect(performance.now() - startedMs, `${method} ${path}`).toBeLessThan(PATIENCE_MS);
    return answer;
  }

  it.each(ROUTES)(
    "are answered at %s %s, and nothing dies of them",
    { timeout: 120_000 },
    async (method, path, template) => {
      const bodies = [
        ...BODIES,
        ...VALUES,
        ...VALUES.map(([name, value]) => [`${name} in a field`, fill(template, value)] as const),
      ];
      for (const [name, body] of bodies) {
        const { status, text } = await send(method, path, body);
        expect(EXPECTED, `${name}: ${status} ${text.slice(0, 200)}`).toContain(status);
        if (!path.includes("44772")) expect(status, `${name}: ${text.slice(0, 200)}`).toBeLessThan(500);
      }
      await server.check();
      expect(await server.run(id, "echo alive")).toBe("alive\n");
      expect((await send("GET", "/v1/sandboxes/:id/proxy/18080/policy", latin1(""))).status).toBe(200);
    },
  );
});

function fill(template: string, value: Buffer): Buffer {
  const parts = template.split("ODD").map(latin1);
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [value, part])));
}

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}
