import { describe, expect, it } from "vitest";
import { requestSecrets } from "./request-secrets.js";

describe("requestSecrets", () => {
  it("finds environment values, passwords, keys and tokens at any depth, and nothing else", () => {
    const json = {
      image: { uri: "python:3.11", auth: { username: "registry-user", password: "registry-pass" } },
      env: { A: "environment-1", SHORT: "1" },
      volumes: [{ ossfs: { bucket: "bucket-name", accessKeyId: "access-key-1", accessKeySecret: "access-secret" } }],
      credentials: [{ name: "credential-name", source: { value: "inline-value" } }],
      metadata: { project: "project-name" },
    };
    expect(requestSecrets(json)).toEqual([
      "registry-user",
      "registry-pass",
      "environment-1",
      "access-key-1",
      "access-secret",
      "credential-name",
      "inline-value",
    ]);
  });

  it("finds nothing where there is no body", () => {
    expect(requestSecrets(undefined)).toEqual([]);
  });
});
