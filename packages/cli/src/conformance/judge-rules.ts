import { connectRule, RuleFault } from "@rxsandbox/conformance";
import type { Terminal } from "../terminal.js";
import { conformanceExit, judge } from "./judge.js";
import type { RunOptions } from "./server-options.js";

/** `conformance rules`: starts a rule in any language, judges it over its standard streams, and ends it. */
export async function judgeRules(command: readonly string[], options: RunOptions, terminal: Terminal): Promise<number> {
  const [program, ...args] = command;
  if (program === undefined) return conformanceExit.usage;
  let rule: Awaited<ReturnType<typeof connectRule>>;
  try {
    rule = await connectRule({ command: [program, ...args] });
  } catch (error) {
    if (!(error instanceof RuleFault)) throw error;
    await terminal.err(`rxsandbox: cannot reach the rule: ${error.message}\n`);
    return conformanceExit.unreachable;
  }
  try {
    return await judge(rule, options, terminal);
  } finally {
    const code = await rule.close();
    if (code !== 0)
      await terminal.err(
        `rxsandbox: the rule must exit with 0 when its stdin is closed, but ${code === null ? "it had to be killed" : `it exited with ${code}`}\n`,
      );
  }
}
