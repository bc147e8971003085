import { describe, expect, it } from "vitest";
import { memberCalls } from "./member-calls.mjs";

class Subject {
  readonly part = { inner: (value: string) => `inner ${value}` };
  readonly id = "s";
  outer() {
    return `outer ${this.id}`;
  }
  close() {
    throw new Error("closed");
  }
}

describe("memberCalls", () => {
  it("finds methods and those of parts, calls them with their arguments, and leaves out what would end the object", () => {
    const calls = memberCalls("subject", new Subject(), { "subject.part.inner": ["x"] });
    expect(Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, call()]))).toEqual({
      "subject.part.inner": "inner x",
      "subject.outer": "outer s",
    });
  });
});
