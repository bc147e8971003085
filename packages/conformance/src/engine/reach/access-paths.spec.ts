import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { allChecks } from "../../checks/all-checks.js";
import { throughGateway } from "../../gateway/through-gateway.js";
import type { ConformanceReport } from "../run/conformance-report.js";
import { finalReport } from "../run/final-report.js";
import type { Subject } from "../../model/subject.js";
import { borrowedSandbox } from "../../proof/testing/borrowed-sandbox.js";
import { type EmbeddedSubject, embeddedSubject } from "../../proof/embedded-subject.js";

const quick = allChecks.filter(({ depth }) => depth === "quick");

const judge = (subject: Subject, checks = quick): Promise<ConformanceReport> =>
  finalReport(subject, { checks, seed: 11, depth: "quick" });

describe("the ways to a daemon", () => {
  let server: EmbeddedSubject;
  const fronts: Server[] = [];
  beforeAll(async () => {
    server = await embeddedSubject();
  });
  afterEach(() => fronts.splice(0).forEach((front) => (front.closeAllConnections(), front.close())));
  afterAll(() => server.close());

  it("judges a borrowed daemon by its bare address, and leaves nothing in it", async () => {
    const { execd } = await borrowedSandbox(server.subject);
    const report = await judge({ kind: "server", execd });
    expect(report.conclusion).toMatchObject({ outcome: "conformant", exitCode: 0 });
    expect(new Set(report.results.map(({ check }) => check.split("/")[0]))).toEqual(new Set(["execd"]));
    expect(report.results.flatMap(({ leaks }) => leaks)).toEqual([]);
  }, 60_000);

  it("judges a whole server through its own proxy", async () => {
    const report = await judge(
      { ...server.subject, access: "proxy" },
      quick.filter(({ id }) => /^(execd\/command|egress\/(sidecar|policy))/.test(id)),
    );
    expect(report.conclusion).toMatchObject({ outcome: "conformant", exitCode: 0 });
    expect(new Set(report.results.map(({ access }) => access))).toEqual(new Set(["proxy"]));
  }, 60_000);

  /** Like an address of a real sandbox: the daemon at the root, and every port behind the daemon's proxy. */
  async function addressLike(target: string, port: number): Promise<string> {
    const prefix = `/proxy/${port}`;
    const front = createServer((incoming, response) => {
      const asked = incoming.url ?? "/";
      if (port !== 44_772 && !asked.startsWith(`${prefix}/`)) return void response.writeHead(404).end();
      const { host: _, ...headers } = incoming.headers;
      const onward = httpRequest(
        `http://${target}${asked.startsWith(`${prefix}/`) ? asked.slice(prefix.length) : asked}`,
        { method: incoming.method ?? "GET", headers, agent: false },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.on("error", () => response.destroy());
      response.on("close", () => onward.destroy());
      incoming.pipe(onward);
    });
    fronts.push(front);
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(front.address() as AddressInfo).port}${prefix}`;
  }

  it("finds the daemon at the root of an address, and the sidecar behind its proxy", async () => {
    const report = await throughGateway(
      server.subject,
      {
        async answer(answer, { part, path }) {
          const port = part === "lifecycle" ? /\/endpoints\/(\d+)/.exec(path)?.[1] : undefined;
          if (port === undefined || answer.status !== 200) return answer;
          const json = JSON.parse(answer.body.toString()) as { readonly endpoint: string };
          return {
            ...answer,
            body: Buffer.from(JSON.stringify({ ...json, endpoint: await addressLike(json.endpoint, Number(port)) })),
          };
        },
      },
      (subject) =>
        judge(
          { ...subject, access: "root" },
          quick.filter(({ id }) => /^(execd\/command|egress\/(sidecar|policy))/.test(id)),
        ),
    );
    expect(report.conclusion).toMatchObject({ outcome: "conformant", exitCode: 0 });
    expect(new Set(report.results.map(({ check, access }) => `${check.split("/")[0]} ${access}`))).toEqual(
      new Set(["execd root", "egress direct"]),
    );
  }, 60_000);
});
