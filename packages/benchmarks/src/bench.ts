import { parseCommandLine } from "./command-line.js";
import { describeMachine } from "./describe-machine.js";
import { forkBenchServer } from "./server/fork-bench-server.js";
import { formatTable } from "./table/format-table.js";
import { judgeRow } from "./table/judge-row.js";
import { measurements } from "./table/measurements.js";
import { rows } from "./table/rows.js";
import { runRounds } from "./table/run-rounds.js";

/**
 * Entry of `npm run bench`: prints the table of `docs/performance.md` as measured here and now. Progress goes to
 * stderr.
 */
const options = parseCommandLine(
  process.argv.slice(2),
  rows.map(({ id }) => id),
);
const selected = rows.filter(({ id }) => options.only.length === 0 || options.only.includes(id));
const needed = new Set(
  selected.flatMap(({ reference, ours, raw }) => [reference, ours, raw ?? ours].map(({ measurement }) => measurement)),
);
const server = await forkBenchServer();
try {
  const samples = await runRounds(server, {
    rounds: options.rounds,
    measurements: measurements.filter(({ id }) => needed.has(id)),
    onSample: (round, measurement, subject) =>
      process.stderr.write(`round ${round}/${options.rounds} ${measurement} ${subject}\n`),
  });
  const judged = selected.map((row) => judgeRow(row, samples));
  const machine = describeMachine();
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ machine, rounds: options.rounds, rows: judged, samples: Object.fromEntries(samples) }, null, 2)}\n`,
    );
  } else {
    const { date, node, cores, cpu, memoryGiB, officialSdk } = machine;
    process.stdout.write(
      `${date}, Node ${node}, ${cores} cores ${cpu}, ${memoryGiB} GiB, official SDK ${officialSdk}, ${options.rounds} rounds: median (min..max)\n\n`,
    );
    process.stdout.write(`${formatTable(judged)}\n`);
  }
} finally {
  await server.close();
}
