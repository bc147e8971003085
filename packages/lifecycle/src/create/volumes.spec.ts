import { describe, expect, it } from "vitest";
import { secretsOfVolumes, type Volume } from "./volumes.js";

describe("secretsOfVolumes", () => {
  it("names every text of a backend but those of fields that are declared as shown", () => {
    const ossfs = { bucket: "bucket", endpoint: "e", accessKeyId: "id", accessKeySecret: "secret", options: ["ro"] };
    const volumes: Volume[] = [
      { name: "data", mountPath: "/data", ossfs },
      { name: "claim", mountPath: "/claim", pvc: { claimName: "claim", accessModes: ["ReadWriteOnce"] }, ossfs: null },
    ];
    expect([...secretsOfVolumes(volumes)]).toEqual(["id", "secret"]);
  });

  it("takes a field that nobody declared for a secret", () => {
    const host = { path: "/srv", ticket: "t1", tickets: ["t2", "t3"] };
    expect([...secretsOfVolumes([{ name: "host", mountPath: "/host", host }])]).toEqual(["t1", "t2", "t3"]);
  });
});
