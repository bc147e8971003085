import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { entrypointOf, limitOf, sandboxFields, variableOf } from "./sandbox-options.js";

describe("entrypointOf", () => {
  it.each([
    ["/opt/start.sh", ["/opt/start.sh"]],
    ["tail -f  /dev/null", ["tail", "-f", "/dev/null"]],
    ['["sh","-c","exec my server"]', ["sh", "-c", "exec my server"]],
  ])("reads %s", (text, words) => expect(entrypointOf(text)).toEqual(words));

  it.each([" ", "[]", "[1]", '["sh"', "[null]"])("refuses %j", (text) =>
    expect(() => entrypointOf(text)).toThrow(InvalidArgumentError),
  );
});

describe("variableOf", () => {
  it("collects variables, with a value or from the environment", () => {
    expect(variableOf("B=x=y\n", variableOf("A="))).toEqual({ A: "", B: "x=y\n" });
    expect(variableOf("PATH")).toEqual({ PATH: undefined });
  });

  it.each(["=x", "A B=1", "1A=x", "RX_NO_SUCH_VARIABLE"])("refuses %j", (text) =>
    expect(() => variableOf(text)).toThrow(InvalidArgumentError),
  );
});

describe("limitOf", () => {
  it("collects limits", () =>
    expect(limitOf("memory=1Gi", limitOf("cpu=500m"))).toEqual({ cpu: "500m", memory: "1Gi" }));

  it.each(["cpu", "=1", "cpu="])("refuses %j", (text) => expect(() => limitOf(text)).toThrow(InvalidArgumentError));
});

describe("sandboxFields", () => {
  it("keeps out of reports what comes from the environment, and what is called a secret", () => {
    const env = { HOST: "http://127.0.0.1:44771", JUPYTER_TOKEN: "on-the-command-line", FROM_HERE: undefined };
    expect(sandboxFields({ entrypoint: ["a"], env, limit: { cpu: "1" } }, { FROM_HERE: "of this process" })).toEqual({
      entrypoint: ["a"],
      env: { HOST: "http://127.0.0.1:44771" },
      secretEnv: { JUPYTER_TOKEN: "on-the-command-line", FROM_HERE: "of this process" },
      resourceLimits: { cpu: "1" },
    });
    expect(sandboxFields({ echoUrl: "http://echo.test/", echoAddress: "192.0.2.1" }, {})).toEqual({
      echo: { url: "http://echo.test/", address: "192.0.2.1" },
    });
    expect(sandboxFields({}, {})).toEqual({});
  });
});
