import { parseArgs } from "node:util";
import * as officialSdk from "@alibaba-group/opensandbox";
import * as compat from "@rxsandbox/compat";
import { from, lastValueFrom, mergeMap, toArray } from "rxjs";
import { exclusions } from "./scenarios/exclusions.js";
import { formatOutcomes, type Outcome } from "./scenarios/format-outcomes.js";
import { serveScenarios } from "./scenarios/serve-scenarios.js";
import { ownSubject, sdkSubject } from "./scenarios/subject.js";

/**
 * Entry of `npm run scenarios`: every scenario of every subject, direct and through the server proxy; exit code 1 when
 * one differs.
 *
 * Against the server of `OPEN_SANDBOX_DOMAIN` and `OPEN_SANDBOX_API_KEY`, else against an embedded one. `--only` names
 * some numbers, `--subject` some subjects, `--at-once` how many run at a time.
 */
const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    subject: { type: "string", multiple: true, default: [] },
    "at-once": { type: "string", default: "4" },
  },
});
const only = new Set(values.only.flatMap((list) => list.split(",")).map(Number));
const subjects = [sdkSubject("official", officialSdk), sdkSubject("compat", compat), ownSubject].filter(
  ({ name }) => values.subject.length === 0 || values.subject.includes(name),
);
const domain = process.env["OPEN_SANDBOX_DOMAIN"];
const apiKey = process.env["OPEN_SANDBOX_API_KEY"];
const server =
  domain === undefined
    ? await serveScenarios()
    : {
        connection: { domain, ...(apiKey !== undefined && { apiKey }), disableMetrics: true },
        close: async () => undefined,
      };

const runs = subjects.flatMap((subject) =>
  subject.scenarios
    .filter(({ number }) => only.size === 0 || only.has(number))
    .flatMap((scenario) =>
      ([false, true] as const).map((useServerProxy) => ({ subject: subject.name, scenario, useServerProxy })),
    ),
);

async function outcomeOf({ subject, scenario, useServerProxy }: (typeof runs)[number]): Promise<Outcome> {
  const started = performance.now();
  const failure = await scenario.run({ ...server.connection, useServerProxy }).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const { number, name } = scenario;
  return {
    number,
    name,
    subject,
    access: useServerProxy ? "proxy" : "direct",
    ms: performance.now() - started,
    ...(failure !== undefined && { failure }),
  };
}

try {
  const outcomes = await lastValueFrom(
    from(runs).pipe(mergeMap(outcomeOf, Math.max(1, Number(values["at-once"]) || 1)), toArray()),
  );
  const order = new Map(
    runs.map(({ subject, useServerProxy }, index) => [`${subject} ${useServerProxy ? "proxy" : "direct"}`, index]),
  );
  outcomes.sort((a, b) => (order.get(`${a.subject} ${a.access}`) ?? 0) - (order.get(`${b.subject} ${b.access}`) ?? 0));
  process.stdout.write(`${formatOutcomes(outcomes, exclusions)}\n`);
  if (outcomes.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
} finally {
  await server.close();
}
