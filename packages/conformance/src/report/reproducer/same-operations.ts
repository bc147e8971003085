import { SERVICE_PORTS } from "../../checks/sandbox-ports.js";
import type { Operation } from "../../model/operation.js";

/**
 * Counts how many recorded operations, from the first on, a replay has sent again as they are.
 *
 * Symbols are numbered across a run, so they are compared by their order; its name and the ports of its services are
 * its own; a request that only repeats the one before it is a poll, and how many of those there are is the subject's
 * affair.
 */
export function sameOperations(
  recorded: readonly Operation[],
  sent: readonly Operation[],
): { readonly same: number; readonly of: number } {
  const [wanted, got] = [essence(recorded), essence(sent)];
  const differs = wanted.findIndex((operation, index) => operation !== got[index]);
  return { same: differs === -1 ? wanted.length : differs, of: wanted.length };
}

function essence(operations: readonly Operation[]): readonly string[] {
  const names = new Map<string, string>();
  const renamed = (text: string): string =>
    text.replace(/\$([a-z]+)\d+/g, (symbol: string, kind: string) => {
      const name = names.get(symbol) ?? `$${kind}#${names.size}`;
      names.set(symbol, name);
      return name;
    });
  const texts = operations.map(({ target, method, path, headers, body, connection }) =>
    renamed(
      JSON.stringify([target, method, path, headers, body, connection])
        .replace(/run-[0-9a-f]{12}/g, "run")
        .replace(SERVICE_PORTS, "port"),
    ),
  );
  return texts.filter((text, index) => text !== texts[index - 1]);
}
