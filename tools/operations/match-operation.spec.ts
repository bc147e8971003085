import { describe, expect, it } from "vitest";
import type { ProtocolOperation } from "@rxsandbox/protocol";
import { matchOperation, nameOf } from "./match-operation.mjs";

const operations = ["/command/{id}/logs", "/command/status/{id}", "/code/contexts/{id}", "/{anything}"].map(
  (path): ProtocolOperation => ({ api: "execd", method: "GET", path, section: "" }),
);

describe("matchOperation", () => {
  it.each([
    ["/command/c1/logs", "GET /command/{id}/logs"],
    ["/command/status/c1", "GET /command/status/{id}"],
    ["/code/contexts/a%2Fb", "GET /code/contexts/{id}"],
    ["/ping", "GET /{anything}"],
  ])("finds the operation of %s", (path, name) => {
    const found = matchOperation(operations, "GET", path);
    expect(found && nameOf(found)).toBe(name);
  });

  it("finds none for another method or a longer path", () => {
    expect(matchOperation(operations, "POST", "/ping")).toBeUndefined();
    expect(matchOperation(operations, "GET", "/command/c1/logs/more")).toBeUndefined();
  });
});
