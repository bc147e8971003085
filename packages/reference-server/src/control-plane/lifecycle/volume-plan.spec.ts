import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HttpProblem } from "../http/http-problem.js";
import { planVolumes } from "./volume-plan.js";

describe("planVolumes", () => {
  let directory: string;
  let allowed: string;

  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "rx-volumes-")));
    allowed = join(directory, "allowed");
    mkdirSync(allowed);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const plan = (...volumes: Parameters<typeof planVolumes>[0]) =>
    planVolumes(volumes, { allowedHostPaths: [allowed], namedVolumes: join(directory, "named") });
  const codeOf = (...volumes: Parameters<typeof planVolumes>[0]): unknown => {
    try {
      plan(...volumes);
      return undefined;
    } catch (error) {
      return error instanceof HttpProblem ? (error.body as { readonly code: string }).code : error;
    }
  };

  it("creates what is missing below an allowed directory", () => {
    const { volumes } = plan({
      name: "a",
      mountPath: "/a",
      host: { path: join(allowed, "x") },
      subPath: "y/z",
      readOnly: true,
    });
    expect(volumes).toEqual([{ name: "a", mountPath: "/a", hostPath: join(allowed, "x/y/z"), readOnly: true }]);
  });

  it("follows no link out of the allowed directory, and creates nothing behind it", () => {
    const outside = join(directory, "outside");
    mkdirSync(outside);
    symlinkSync(outside, join(allowed, "link"));
    expect(codeOf({ name: "a", mountPath: "/a", host: { path: join(allowed, "link") } })).toBe(
      "VOLUME::HOST_PATH_NOT_ALLOWED",
    );
    expect(codeOf({ name: "a", mountPath: "/a", host: { path: join(allowed, "link/new") } })).toBe(
      "VOLUME::HOST_PATH_NOT_ALLOWED",
    );
    expect(codeOf({ name: "a", mountPath: "/a", host: { path: allowed }, subPath: "link/new" })).toBe(
      "VOLUME::INVALID_SUB_PATH",
    );
    expect(existsSync(join(outside, "new"))).toBe(false);
  });

  it("does not let a link take the place of an allowed directory that lies in another", () => {
    const outside = join(directory, "outside");
    mkdirSync(outside);
    symlinkSync(outside, join(allowed, "inner"));
    const planInner = () =>
      planVolumes([{ name: "a", mountPath: "/a", host: { path: join(allowed, "inner/x") } }], {
        allowedHostPaths: [allowed, join(allowed, "inner")],
        namedVolumes: join(directory, "named"),
      });
    expect(planInner).toThrow(HttpProblem);
    expect(existsSync(join(outside, "x"))).toBe(false);
  });

  it.each(["/", "/usr", "/etc/x", "/proc", "/run", "/run/rxsandbox/x", "/a/../usr", "/a//b"])(
    "refuses to mount at %s",
    (mountPath) => {
      expect(codeOf({ name: "a", mountPath, pvc: { claimName: "c" } })).toBe("VOLUME::INVALID_MOUNT_PATH");
    },
  );

  it("refuses a mount inside another", () => {
    expect(
      codeOf(
        { name: "a", mountPath: "/a", pvc: { claimName: "c" } },
        { name: "b", mountPath: "/a/b", pvc: { claimName: "d" } },
      ),
    ).toBe("VOLUME::INVALID_MOUNT_PATH");
  });

  it("names a volume it created and that goes with the sandbox", () => {
    const request = { name: "a", mountPath: "/a", pvc: { claimName: "c", deleteOnSandboxTermination: true } };
    expect(plan(request).removedWithSandbox).toEqual([join(directory, "named/c")]);
    expect(plan(request).removedWithSandbox).toEqual([]);
  });
});
