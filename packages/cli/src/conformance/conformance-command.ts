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
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("It must be a whole number, 0 or more.");
  return value;
}

function capabilities(text: string, previous: readonly Capability[] = []): readonly Capability[] {
  const named = text.split(",");
  const unknown = named.find((name) => !(CAPABILITIES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`It must be one of ${CAPABILITIES.join(", ")}.`);
  return [...previous, ...(named as Capability[])];
}

function shard(text: string): { readonly index: number; readonly of: number } {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (index === undefined || of === undefined || Number(index) < 1 || Number(index) > Number(of))
    throw new InvalidArgumentError("It must be i/n, such as 1/4.");
  return { index: Number(index), of: Number(of) };
}

function withRunOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--depth <depth>", "how thorough the run is")
        .choices(["quick", "standard", "full"])
        .default("standard"),
    )
    .option("--capability <names>", "only checks of these capabilities (repeatable, or with commas)", capabilities)
    .option("--filter <text>", "only checks whose id, group or clause contains this text; * matches anything")
    .option("--shard <i/n>", "only every n-th check, starting with the i-th", shard)
    .option("--seed <number>", "use this seed for all random values", wholeNumber)
    .option("--budget <seconds>", "start no more checks after this many seconds", wholeNumber)
    .option("--concurrency <number>", "how many checks run at the same time", wholeNumber)
    .option("--baseline <name>", "known failures: upstream@3bb6fad3, reference, or a file")
    .addOption(
      new Option("--gate <gate>", "exit with 0 if the server is conformant, or if nothing is worse than the baseline")
        .choices(["conformance", "regressions"])
        .default("conformance"),
    )
    .option("--out <directory>", "directory for the reports", "conformance-report");
}

type GivenSubject = ServerSubjectOptions & { readonly embedded?: "opensandbox" | "spec" };

function withSubjectOptions(command: Command): Command {
  return command
    .option(
      "--lifecycle-url <url>",
      "lifecycle server (default: OPEN_SANDBOX_DOMAIN, or the server that `rxsandbox serve` started)",
    )
    .option("--image <image>", "image of the sandboxes that the run creates")
    .option(
      "--entrypoint <command>",
      "main process of these sandboxes: words separated by spaces, or a JSON list (default: tail -f /dev/null)",
      entrypointOf,
    )
    .option(
      "--env <name[=value]>",
      "environment variable of these sandboxes (repeatable); without =value, it is taken from your environment and kept out of reports",
      variableOf,
    )
    .option("--limit <name=value>", "resource limit of these sandboxes, such as memory=512Mi (repeatable)", limitOf)
    .option(
      "--echo-url <url>",
      "service that answers a request with its headers, at port 80 of a name with a dot; used to see what a vault adds to requests",
    )
    .option("--echo-address <address>", "address of that name, if sandboxes cannot resolve it")
    .option("--execd-url <url>", "test a single daemon, without a lifecycle server")
    .option("--egress-url <url>", "test a single egress sidecar, without a lifecycle server")
    .addOption(
      new Option("--embedded <profile>", "test the embedded server of this program").choices(["opensandbox", "spec"]),
    )
    .addOption(
      new Option("--access <path>", "how the suite reaches sandboxes")
        .choices(["direct", "root", "proxy"])
        .default("direct"),
    )
    .option("--declare <names>", "capabilities that the server must have", capabilities)
    .option(
      "--tail-ms <ms>",
      "with --embedded: how long the stream of a command stays open after the command has ended",
      wholeNumber,
    )
    .option("--allow-mutation", "allow checks to change what they cannot restore");
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
    "rxsandbox: there is no server to test. Give --lifecycle-url, --execd-url, --egress-url or --embedded, or start `rxsandbox serve`.\n",
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
      "test a server; keys and tokens are read from OPEN_SANDBOX_API_KEY, EXECD_ACCESS_TOKEN and OPENSANDBOX_EGRESS_AUTH",
    )
    .option(
      "--self-check",
      "first plant faults in single answers; if the suite does not find each of them, the run is inconclusive",
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
      "plant faults in single answers of your own server; exits with 2 if the suite does not find each of them",
    )
    .option("--seed <number>", "use this seed for all random values", wholeNumber)
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
    .description("start embedded servers with the suite's own faults; exits with 1 if a check does not find its fault")
    .option("--filter <text>", "only faults whose name or check contains this text")
    .option("--seed <number>", "use this seed for all random values", wholeNumber)
    .option("--matrix", "run every check against every mutant")
    .option("--list", "list the faults and run nothing")
    .action(async (options: MutantOptions) => finish(await tryMutants(options, terminal)));
  withRunOptions(command.command("rules"))
    .description(
      "test a parser, an exit-code inference or a policy merge in any language; it reads and writes JSON lines",
    )
    .argument("<command...>", "the program and its arguments, after --")
    .passThroughOptions()
    .action(async (words: string[], options: RunOptions) => finish(await judgeRules(words, options, terminal)));
  command
    .command("analyze")
    .description("check recorded exchanges, without a server")
    .argument("<directory>", "one JSON file per recording")
    .option("--json", "print JSON")
    .action(async (directory: string, options: { readonly json?: boolean }) =>
      finish(await analyze(directory, options, terminal)),
    );
  withSubjectOptions(command.command("replay"))
    .description(
      "repeat a failure from its case.json: FIXED exits with 0, STILL-FAILING and FLAKY with 1, CANNOT-REPLAY with 2",
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
    .description("compare two reports of one server; exits with 1 if a check regressed")
    .argument("<older>", "report.json")
    .argument("<newer>", "report.json")
    .action(async (older: string, newer: string) => finish(await compareReports(older, newer, terminal)));
  command
    .command("matrix")
    .description("show reports of several servers side by side")
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
    .description("explain a check, a clause or a reason code")
    .argument("<id>")
    .action(async (id: string) => finish(await explain(id, terminal)));
  return command;
}
