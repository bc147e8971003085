import { Command, InvalidArgumentError, Option } from "commander";
import {
  InvalidArgumentError as BadArgument,
  readCase,
  type Capability,
  type ServerSubject,
} from "@rxsandbox/conformance";
import { embeddedSubject } from "@rxsandbox/conformance/self-test";
import { serverAddress } from "../server-address.js";
import type { Terminal } from "../terminal.js";
import { analyze } from "./analyze.js";
import { compareReports, reportsSideBySide } from "./compare-reports.js";
import { explain } from "./explain.js";
import { conformanceExit, judge } from "./judge.js";
import { judgeRules } from "./judge-rules.js";
import { listChecks } from "./list-checks.js";
import { readText } from "./read-text.js";
import { replayCase } from "./replay-case.js";
import { entrypointOf, limitOf, sandboxFields, variableOf } from "./sandbox-options.js";
import { selfCheckServer } from "./self-check-server.js";
import { type MutantOptions, tryMutants } from "./try-mutants.js";
import { type RunOptions, serverSubject, type ServerSubjectOptions } from "./server-options.js";

const CAPABILITIES: readonly Capability[] = [
  "core",
  "sessions",
  "files",
  "egress",
  "vault",
  "pause",
  "snapshots",
  "code",
  "terminal",
  "metrics",
  "decode",
  "infer",
  "merge",
  "remove",
];

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("Not a whole number.");
  return value;
}

function capabilities(text: string, previous: readonly Capability[] = []): readonly Capability[] {
  const named = text.split(",");
  const unknown = named.find((name) => !(CAPABILITIES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`Not one of ${CAPABILITIES.join(", ")}.`);
  return [...previous, ...(named as Capability[])];
}

function shard(text: string): { readonly index: number; readonly of: number } {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (index === undefined || of === undefined || Number(index) < 1 || Number(index) > Number(of))
    throw new InvalidArgumentError("Not i/n, such as 1/4.");
  return { index: Number(index), of: Number(of) };
}

function withRunOptions(command: Command): Command {
  return command
    .addOption(new Option("--depth <depth>", "how thorough").choices(["quick", "standard", "full"]).default("standard"))
    .option("--capability <names>", "only checks of these capabilities (repeatable, or with commas)", capabilities)
    .option("--filter <text>", "only checks whose id, group or clause contains this; * stands for anything")
    .option("--shard <i/n>", "only every n-th check, beginning with the i-th", shard)
    .option("--seed <number>", "fixes every random value", wholeNumber)
    .option("--budget <seconds>", "start no check after this time", wholeNumber)
    .option("--concurrency <number>", "checks at one time", wholeNumber)
    .option("--baseline <name>", "known failures: upstream@3bb6fad3, reference, or a file")
    .addOption(
      new Option("--gate <gate>", "what exits with 0").choices(["conformance", "regressions"]).default("conformance"),
    )
    .option("--out <directory>", "where the reports go", "conformance-report");
}

type GivenSubject = ServerSubjectOptions & { readonly embedded?: "opensandbox" | "spec" };

function withSubjectOptions(command: Command): Command {
  return command
    .option(
      "--lifecycle-url <url>",
      "lifecycle server; default the one of OPEN_SANDBOX_DOMAIN, or the one that `rxsandbox serve` runs",
    )
    .option("--image <image>", "image of the sandboxes that the run creates")
    .option(
      "--entrypoint <command>",
      "main process of those sandboxes: words with spaces between them, or a JSON list; default tail -f /dev/null",
      entrypointOf,
    )
    .option(
      "--env <name[=value]>",
      "a variable of those sandboxes (repeatable); without a value it is taken from this environment and kept out of reports",
      variableOf,
    )
    .option("--limit <name=value>", "a resource limit of those sandboxes, such as memory=512Mi (repeatable)", limitOf)
    .option(
      "--echo-url <url>",
      "a service that answers requests of those sandboxes with their headers, at port 80 of a name with a dot: shows what a vault puts in",
    )
    .option("--echo-address <address>", "address of that name, where sandboxes cannot look it up")
    .option("--execd-url <url>", "a daemon, without a lifecycle server")
    .option("--egress-url <url>", "an egress sidecar, without a lifecycle server")
    .addOption(
      new Option("--embedded <profile>", "judge the embedded server of this program").choices(["opensandbox", "spec"]),
    )
    .addOption(
      new Option("--access <path>", "how sandboxes are reached").choices(["direct", "root", "proxy"]).default("direct"),
    )
    .option("--declare <names>", "capabilities that the server claims to have", capabilities)
    .option("--tail-ms <ms>", "how long sandboxes of the run keep a stream open after its end", wholeNumber)
    .option("--allow-mutation", "let checks change what they cannot restore");
}

/** Gives work the servers that the options name; an embedded one ends with it. */
async function withSubject(
  options: GivenSubject,
  terminal: Terminal,
  work: (subject: ServerSubject) => Promise<number>,
): Promise<number> {
  try {
    return await withNamedSubject(options, terminal, work);
  } catch (error) {
    if (!(error instanceof BadArgument)) throw error;
    await terminal.err(`rxsandbox: ${error.message}\n`);
    return conformanceExit.usage;
  }
}

async function withNamedSubject(
  { embedded, ...options }: GivenSubject,
  terminal: Terminal,
  work: (subject: ServerSubject) => Promise<number>,
): Promise<number> {
  if (embedded !== undefined) {
    const { subject, close } = await embeddedSubject({ profile: embedded, allowRoot: true });
    try {
      const lifecycle = subject.lifecycle && { ...subject.lifecycle, ...sandboxFields(options, process.env) };
      return await work({
        ...subject,
        ...(lifecycle && { lifecycle }),
        ...(options.access === undefined ? {} : { access: options.access }),
      });
    } finally {
      await close();
    }
  }
  const subject = serverSubject(options, process.env, await serverAddress({}, process.env));
  if (subject !== undefined) return work(subject);
  await terminal.err(
    "rxsandbox: nothing to judge: give --lifecycle-url, --execd-url, --egress-url or --embedded, or start `rxsandbox serve`.\n",
  );
  return conformanceExit.usage;
}

const EXIT_CODES = `
Environment:
  OPEN_SANDBOX_API_KEY     key of the lifecycle server
  EXECD_ACCESS_TOKEN       token of a daemon
  OPENSANDBOX_EGRESS_AUTH  token of an egress sidecar

Exit codes:
  0  conformant, or with --gate regressions no worse than the baseline
  1  not conformant
  2  inconclusive: a MUST could not be verified, or no check ran
  3  wrong usage
  4  the server does not answer
  5  a fault of the suite
`;

/** Builds `rxsandbox conformance …`; `finish` is told the exit code. */
export function conformanceCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const command = new Command("conformance")
    .description("test a server, or a rule in any language, for conformance with the OpenSandbox protocol")
    .enablePositionalOptions()
    .addHelpText("after", EXIT_CODES);
  withSubjectOptions(withRunOptions(command.command("server")))
    .description(
      "judge servers by address; keys and tokens come from OPEN_SANDBOX_API_KEY, EXECD_ACCESS_TOKEN and OPENSANDBOX_EGRESS_AUTH",
    )
    .option(
      "--self-check",
      "first plant faults in single answers and see that each is noticed; without that the run is inconclusive",
    )
    .action(async (options: GivenSubject & RunOptions & { readonly selfCheck?: boolean }) =>
      finish(
        await withSubject(options, terminal, async (subject) =>
          judge(
            subject,
            options,
            terminal,
            options.selfCheck === true ? await selfCheckServer(subject, options.seed, terminal) : undefined,
          ),
        ),
      ),
    );
  withSubjectOptions(command.command("self-check"))
    .description(
      "plant faults in single answers of your own servers and see that the suite notices each; 2 when it does not",
    )
    .option("--seed <number>", "fixes every random value", wholeNumber)
    .action(async (options: GivenSubject & { readonly seed?: number }) =>
      finish(
        await withSubject(options, terminal, async (subject) =>
          (await selfCheckServer(subject, options.seed, terminal)).status === "valid"
            ? 0
            : conformanceExit.inconclusive,
        ),
      ),
    );
  command
    .command("mutants")
    .description(
      "plant the suite's own faults in embedded servers and see that each is found by its check; 1 when one is not",
    )
    .option("--filter <text>", "only those whose name or check contains this")
    .option("--seed <number>", "fixes every random value", wholeNumber)
    .option("--matrix", "run every check against every mutant")
    .option("--list", "name them and run none")
    .action(async (options: MutantOptions) => finish(await tryMutants(options, terminal)));
  withRunOptions(command.command("rules"))
    .description(
      "judge a parser, an exit-code inference or a policy merge of any language, by the rule port on its standard streams",
    )
    .argument("<command...>", "program and arguments, after --")
    .passThroughOptions()
    .action(async (words: string[], options: RunOptions) => finish(await judgeRules(words, options, terminal)));
  command
    .command("analyze")
    .description("judge recorded exchanges; no server is needed")
    .argument("<directory>", "one JSON file per recording")
    .option("--json", "print JSON")
    .action(async (directory: string, options: { readonly json?: boolean }) =>
      finish(await analyze(directory, options, terminal)),
    );
  withSubjectOptions(command.command("replay"))
    .description(
      "try the case of a failure again: FIXED exits with 0, STILL-FAILING and FLAKY with 1, CANNOT-REPLAY with 2",
    )
    .argument("<case.json>")
    .action(async (path: string, options: GivenSubject) => {
      const reproducer = await readText(path, readCase, terminal);
      if (reproducer === undefined) return finish(conformanceExit.usage);
      const image = options.image ?? reproducer.sandbox?.image;
      finish(
        await withSubject({ ...options, ...(image === undefined ? {} : { image }) }, terminal, (subject) =>
          replayCase(reproducer, subject, terminal),
        ),
      );
    });
  command
    .command("diff")
    .description("compare two reports of one server; 1 when a check regressed")
    .argument("<older>", "report.json")
    .argument("<newer>", "report.json")
    .action(async (older: string, newer: string) => finish(await compareReports(older, newer, terminal)));
  command
    .command("matrix")
    .description("put reports of several servers side by side")
    .argument("<reports...>", "report.json, or name=report.json")
    .option("--out <file>", "write one HTML page instead of Markdown on standard output")
    .action(async (paths: string[], options: { readonly out?: string }) =>
      finish(await reportsSideBySide(paths, options, terminal)),
    );
  command
    .command("list")
    .description("list the checks")
    .option("--json", "print JSON with clauses and counts")
    .action(async (options: { readonly json?: boolean }) => finish(await listChecks(options, terminal)));
  command
    .command("explain")
    .description("say what a check, a clause or a reason code means")
    .argument("<id>")
    .action(async (id: string) => finish(await explain(id, terminal)));
  return command;
}
