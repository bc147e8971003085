import { parseCommandLine } from "./command-line.js";
import { describeMachine } from "./describe-machine.js";
import { benchmarks } from "./rows/benchmarks.js";
import { forkBenchServer } from "./server/fork-bench-server.js";
import { formatSummary } from "./table/format-summary.js";
import { formatTable } from "./table/format-table.js";
import { judgeRow } from "./table/judge-row.js";
import { runRounds } from "./table/run-rounds.js";

/**
 * Entry of `npm run bench`: prints the table of `docs/performance.md` as measured here and now, or the rows that its
 * arguments name. Progress goes to stderr.
 */
const options = parseCommandLine(
  process.argv.slice(2),
  benchmarks.map(({ id }) => id),
);
const chosen = await Promise.all(
  benchmarks
    .filter(({ id }) => options.only.length === 0 || options.only.includes(id))
    .map(async (benchmark) => ({ benchmark, obstacle: await benchmark.obstacle?.() })),
);
const possible = chosen.filter(({ obstacle }) => obstacle === undefined).map(({ benchmark }) => benchmark);
const skipped = chosen.flatMap(({ benchmark, obstacle }) =>
  obstacle === undefined ? [] : [`${benchmark.id} is not measured: ${obstacle}`],
);
const server = await forkBenchServer();
try {
  const samples = await runRounds(server, {
    rounds: options.rounds,
    measurements: possible.flatMap(({ measurements }) => measurements),
    onSample: (round, measurement, subject) =>
      process.stderr.write(`round ${round}/${options.rounds} ${measurement} ${subject}\n`),
  });
  const judged = possible.flatMap(({ rows }) => rows.map((row) => judgeRow(row, samples)));
  const machine = describeMachine();
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ machine, rounds: options.rounds, rows: judged, skipped, samples: Object.fromEntries(samples) }, null, 2)}\n`,
    );
  } else {
    const { date, node, cores, cpu, memoryGiB, officialSdk } = machine;
    process.stdout.write(
      `${date}, Node ${node}, ${cores} cores ${cpu}, ${memoryGiB} GiB, official SDK ${officialSdk}, ${options.rounds} rounds: median (min..max)\n\n`,
    );
    process.stdout.write(`${formatTable(judged)}\n\n${[...skipped, formatSummary(judged)].join("\n")}\n`);
  }
} finally {
  await server.close();
}
