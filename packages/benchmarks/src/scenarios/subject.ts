import { runOwnScenario } from "./own/run-own-scenario.js";
import { ownScenarios } from "./own/own-scenarios.js";
import { runScenario } from "./run-scenario.js";
import type { Sdk, SdkConnection } from "./scenario.js";
import { scenarios } from "./scenarios.js";

/** A package that goes through the scenarios. */
export interface Subject {
  readonly name: string;
  readonly scenarios: readonly {
    readonly number: number;
    readonly name: string;
    run(connection: SdkConnection): Promise<void>;
  }[];
}

/** A package with the official SDK's exports; all of them run the same scripts. */
export function sdkSubject(name: string, sdk: Sdk): Subject {
  return {
    name,
    scenarios: scenarios.map((scenario) => ({
      number: scenario.number,
      name: scenario.name,
      run: (connection) => runScenario(scenario, sdk, connection),
    })),
  };
}

/** This project's client, in scripts of its own style. */
export const ownSubject: Subject = {
  name: "own",
  scenarios: ownScenarios.map((scenario) => ({
    number: scenario.number,
    name: scenario.name,
    run: (connection) => runOwnScenario(scenario, connection),
  })),
};
