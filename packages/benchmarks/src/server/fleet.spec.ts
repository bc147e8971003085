import { describe, expect, it } from "vitest";
import { FLEET_SIZE, createFleet, fleetId } from "./fleet.js";

describe("createFleet", () => {
  it("counts the requests of each whole round", () => {
    const fleet = createFleet();
    for (let round = 0; round < 2; round += 1) {
      for (let page = 1; page <= 5; page += 1) fleet.answer("GET", `/v1/sandboxes?page=${page}&pageSize=200`);
    }
    for (let index = 0; index < FLEET_SIZE; index += 1) fleet.answer("GET", `/v1/sandboxes/${fleetId(index)}`);
    fleet.answer("GET", "/v1/sandboxes?page=1&pageSize=200");
    expect(fleet.stats().requestsPerRound).toEqual([5, 5, FLEET_SIZE]);
  });

  it("leaves other sandboxes alone", () => {
    expect(createFleet().answer("GET", "/v1/sandboxes/other")).toBeUndefined();
  });
});
