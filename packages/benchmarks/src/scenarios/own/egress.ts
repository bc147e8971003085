import { concat, map } from "rxjs";
import { expectValue } from "./expect-value.js";
import type { OwnScenario } from "./own-scenario.js";

/** Behaviour 26: the egress policy. */
export const ownEgressScenarios: readonly OwnScenario[] = [
  {
    number: 26,
    name: "the policy given at create is read back; a patch merges by target and keeps the default action",
    run: ({ client }) => {
      const egress = [
        { action: "allow", target: "pypi.org" },
        { action: "allow", target: "*.example.com" },
      ] as const;
      return client.withSandbox({ image: "python:3.11", networkPolicy: { defaultAction: "deny", egress } }, (sandbox) =>
        concat(
          expectValue(sandbox.getEgressPolicy(), { defaultAction: "deny", egress }),
          sandbox.patchEgressRules([
            { action: "deny", target: "pypi.org" },
            { action: "allow", target: "registry.npmjs.org" },
          ]),
          expectValue(
            sandbox.getEgressPolicy().pipe(map((policy) => [policy.defaultAction, Object.fromEntries(policy.egress.map(({ action, target }) => [target, action]))])),
            ["deny", { "pypi.org": "deny", "registry.npmjs.org": "allow", "*.example.com": "allow" }],
          ),
        ),
      );
    },
  },
];
