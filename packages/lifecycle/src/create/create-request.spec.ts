import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "@rxsandbox/transport";
import type { SandboxInfo } from "../info/sandbox-info.js";
import type { CreateOptions } from "./create-options.js";
import { readCreateOptions } from "./create-request.js";
import type { Volume } from "./volumes.js";

const createRequest = (options: CreateOptions<SandboxInfo>) => readCreateOptions(options).request;

function refusal(options: unknown): string {
  try {
    createRequest(options as CreateOptions<SandboxInfo>);
  } catch (error) {
    if (error instanceof InvalidArgumentError) return error.argument;
    throw error;
  }
  return "accepted";
}

const host = { path: "/data" };
const volume = (part: Partial<Record<keyof Volume, unknown>>) => ({
  image: "i",
  volumes: [{ name: "v", mountPath: "/v", ...part }],
});

describe("createRequest", () => {
  it("fills in the defaults of the official SDK", () => {
    expect(createRequest({ image: "python:3.11" })).toEqual({
      image: { uri: "python:3.11" },
      entrypoint: ["tail", "-f", "/dev/null"],
      timeout: 600,
      resourceLimits: { cpu: "1", memory: "2Gi" },
    });
  });

  it("sends no entrypoint with a snapshot", () => {
    expect(createRequest({ snapshotId: "s" })).toEqual({
      snapshotId: "s",
      timeout: 600,
      resourceLimits: { cpu: "1", memory: "2Gi" },
    });
  });

  it("needs no image with a pool", () => {
    expect(createRequest({ extensions: { poolRef: "p" } })).toEqual({ extensions: { poolRef: "p" }, timeout: 600 });
  });

  it("leaves the timeout out when the sandbox never expires", () => {
    expect(createRequest({ image: "i", timeoutSeconds: null })).not.toHaveProperty("timeout");
  });

  it("drops fractions of a second", () => {
    expect(createRequest({ image: "i", timeoutSeconds: 60.9 }).timeout).toBe(60);
  });

  it("spells out the default action", () => {
    expect(createRequest({ image: "i", networkPolicy: {} }).networkPolicy).toEqual({ defaultAction: "deny" });
  });

  it("spells targets as the sidecar compares them, and refuses one that could never match", () => {
    const egress = (target: string) =>
      createRequest({ image: "i", networkPolicy: { egress: [{ action: "deny", target }] } }).networkPolicy?.egress;
    expect(egress(" Example.COM.")).toEqual([{ action: "deny", target: "example.com" }]);
    for (const target of [
      "https://example.com",
      "example.com:443",
      "example.com/x",
      ".example.com",
      "*example.com",
      "a b.com",
      "a..com",
      "*",
    ]) {
      expect(() => egress(target)).toThrow(
        expect.objectContaining({
          argument: "networkPolicy.egress[0].target",
          message: expect.stringContaining("a target is a host name") as string,
        }),
      );
    }
  });

  it("carries every option", () => {
    const options: CreateOptions = {
      image: { uri: "r.example/i", auth: { username: "u", password: "p" } },
      timeoutSeconds: 120,
      entrypoint: ["sh", "-c", ""],
      env: { A: "1", EMPTY: "" },
      metadata: { "team.example/name": "ml", empty: "" },
      resource: { cpu: "2" },
      resourceRequests: { cpu: "1" },
      networkPolicy: { defaultAction: "allow", egress: [{ action: "deny", target: "*.ads.example" }] },
      credentialProxy: { enabled: true },
      volumes: [
        { name: "h", mountPath: "/h", readOnly: true, subPath: "a/b", host },
        {
          name: "p",
          mountPath: "/p",
          host: null,
          pvc: {
            claimName: "c",
            createIfNotExists: false,
            deleteOnSandboxTermination: true,
            storageClass: "s",
            storage: "1.5Gi",
            accessModes: ["ReadWriteOnce"],
          },
        },
        {
          name: "o",
          mountPath: "/o",
          ossfs: {
            bucket: "bucket",
            endpoint: "e",
            accessKeyId: "k",
            accessKeySecret: "s",
            version: "1.0",
            options: ["ro"],
          },
        },
      ],
      extensions: { "access.renew.extend.seconds": "600" },
      platform: { os: "linux", arch: "arm64" },
      secureAccess: true,
    };
    const { timeoutSeconds, resource, ...same } = options;
    expect(createRequest(options)).toEqual({
      ...same,
      timeout: timeoutSeconds,
      resourceLimits: resource,
      volumes: options.volumes?.map(({ host: hostVolume, ...rest }) =>
        hostVolume === null ? rest : { ...rest, ...(hostVolume !== undefined && { host: hostVolume }) },
      ),
    });
  });

  it("copies deeply", () => {
    const rules = [{ action: "allow" as const, target: "a" }];
    const env: Record<string, string> = { A: "1" };
    const request = createRequest({ image: "i", env, networkPolicy: { egress: rules } });
    env["A"] = "2";
    rules.push({ action: "allow", target: "b" });
    (rules[0] as { target: string }).target = "c";
    expect(request.env).toEqual({ A: "1" });
    expect(request.networkPolicy?.egress).toEqual([{ action: "allow", target: "a" }]);
  });

  it.each<[string, unknown]>([
    ["image", {}],
    ["image", { image: " " }],
    ["image", { image: 3 }],
    ["image.uri", { image: { uri: "" } }],
    ["image.auth.password", { image: { uri: "i", auth: { username: "u" } } }],
    ["snapshotId", { image: "i", snapshotId: "s" }],
    ["snapshotId", { snapshotId: "" }],
    ["timeout", { image: "i", timeout: 60 }],
    ["timeoutSeconds", { image: "i", timeoutSeconds: 59 }],
    ["timeoutSeconds", { image: "i", timeoutSeconds: 0 }],
    ["timeoutSeconds", { image: "i", timeoutSeconds: -1 }],
    ["timeoutSeconds", { image: "i", timeoutSeconds: NaN }],
    ["timeoutSeconds", { image: "i", timeoutSeconds: Infinity }],
    ["timeoutSeconds", { image: "i", timeoutSeconds: "60" }],
    ["entrypoint", { image: "i", entrypoint: [] }],
    ["entrypoint[1]", { image: "i", entrypoint: ["a", 1] }],
    ["env.A", { image: "i", env: { A: 1 } }],
    ["resource.cpu", { image: "i", resource: { cpu: 1 } }],
    ['metadata["opensandbox.io/x"]', { image: "i", metadata: { "opensandbox.io/x": "1" } }],
    ['metadata["rxsandbox.dev/create-id"]', { image: "i", metadata: { "rxsandbox.dev/create-id": "1" } }],
    ['metadata["-a"]', { image: "i", metadata: { "-a": "1" } }],
    ['metadata["a/b/c"]', { image: "i", metadata: { "a/b/c": "1" } }],
    ['metadata["A.example/b"]', { image: "i", metadata: { "A.example/b": "1" } }],
    ["metadata.a", { image: "i", metadata: { a: "has space" } }],
    ["metadata.a", { image: "i", metadata: { a: "x".repeat(64) } }],
    ["metadata.a", { image: "i", metadata: { a: null } }],
    ["networkPolicy.defaultAction", { image: "i", networkPolicy: { defaultAction: "Deny" } }],
    ["networkPolicy.egress[0].action", { image: "i", networkPolicy: { egress: [{ action: "block", target: "a" }] } }],
    ["networkPolicy.egress[0].action", { image: "i", networkPolicy: { egress: [{ target: "a" }] } }],
    [
      "networkPolicy.egress[1].target",
      {
        image: "i",
        networkPolicy: {
          egress: [
            { action: "allow", target: "a" },
            { action: "allow", target: " " },
          ],
        },
      },
    ],
    ["credentialProxy.enabled", { image: "i", credentialProxy: { enabled: true } }],
    ["platform.os", { image: "i", platform: { os: "mac", arch: "amd64" } }],
    ["platform.arch", { image: "i", platform: { os: "linux", arch: "x86" } }],
    ["secureAccess", { image: "i", secureAccess: null }],
    ["volumes[0]", volume({})],
    ["volumes[0]", volume({ host: null })],
    ["volumes[0]", volume({ host, pvc: { claimName: "c" } })],
    ["volumes[0].host.path", volume({ host: { path: "data" } })],
    ["volumes[0].host.path", volume({ host: { path: "/data/../etc" } })],
    ["volumes[0].host.path", volume({ host: { path: "/data/" } })],
    ["volumes[0].host.path", volume({ host: { path: "//data" } })],
    ["volumes[0].name", volume({ host, name: "Upper" })],
    ["volumes[0].mountPath", volume({ host, mountPath: "v" })],
    ["volumes[0].subPath", volume({ host, subPath: "../v" })],
    ["volumes[0].subPath", volume({ host, subPath: "/v" })],
    ["volumes[0].readonly", volume({ host, ["readonly" as keyof Volume]: true })],
    ["volumes[0].pvc.claimName", volume({ pvc: { claimName: "C" } })],
    ["volumes[0].pvc.storage", volume({ pvc: { claimName: "c", storage: "1GB" } })],
    ["volumes[0].ossfs.accessKeySecret", volume({ ossfs: { bucket: "bucket", endpoint: "e", accessKeyId: "k" } })],
    [
      "volumes[0].ossfs.options[0]",
      volume({ ossfs: { bucket: "bucket", endpoint: "e", accessKeyId: "k", accessKeySecret: "s", options: ["-o"] } }),
    ],
    [
      "volumes[1].name",
      {
        image: "i",
        volumes: [
          { name: "v", mountPath: "/v", host },
          { name: "v", mountPath: "/w", host },
        ],
      },
    ],
  ])("refuses %s", (argument, options) => {
    expect(refusal(options)).toBe(argument);
  });
});
