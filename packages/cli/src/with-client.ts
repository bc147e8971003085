import { createClient, abortWith, isSandboxError, type Client, type ClientEvent } from "@rxsandbox/client";
import { lastValueFrom, type Observable } from "rxjs";
import { errorText } from "./error-text.js";
import { exitCode, exitCodeOfError, exitCodeOfInterruption } from "./exit-code.js";
import { interruption, type Interruption } from "./interruption.js";
import { startProgress, type Progress } from "./progress.js";
import { noServerText, serverAddress, type ServerAddressOptions } from "./server-address.js";
import type { Terminal } from "./terminal.js";

/** Which server a command uses, and how it reaches sandboxes. */
export interface ClientCommandOptions extends ServerAddressOptions {
  /** Reaches sandboxes through the server's proxy. */
  readonly proxy?: boolean;
  /** Tells no progress. */
  readonly quiet?: boolean;
}

/** What a command works with. */
export interface CommandContext {
  readonly client: Client;
  readonly terminal: Terminal;
  readonly progress: Progress;
}

/** A command of the command line that needs a client. */
export interface ClientCommand {
  /** Emits the exit code last. Unsubscribing must end what the command holds in the server. */
  readonly work: (context: CommandContext) => Observable<number>;
  /** Told when a signal, or a reader that went away, ends the command; nothing when absent. */
  readonly interruptedText?: string;
  /** Hears what the client tells about its own work. */
  readonly onEvent?: (event: ClientEvent) => void;
}

/**
 * Runs a command with a client and resolves to its exit code; never rejects.
 *
 * A signal, or a reader that went away, unsubscribes from the work. In every case this waits until the client has ended
 * what the command held: the remote command, the sandbox, a sandbox that was about to be created.
 */
export async function withClient(
  options: ClientCommandOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
  { work, interruptedText, onEvent }: ClientCommand,
): Promise<number> {
  const address = await serverAddress(options, env);
  if (address === undefined) {
    await terminal.err(noServerText);
    return exitCode.usage;
  }
  const progress = startProgress(terminal, options.quiet === true);
  const abort = new AbortController();
  let interruptedBy: Interruption | undefined;
  const interrupted = interruption().subscribe({
    next: (signal) => abort.abort((interruptedBy = signal)),
    error: (error: unknown) => abort.abort(error),
  });
  let client: Client | undefined;
  try {
    client = createClient({
      ...address,
      ...(options.proxy === true ? { access: "proxy" as const } : {}),
      events: {
        next: (event) => {
          tellCleanUp(event, terminal);
          onEvent?.(event);
        },
      },
    });
    return await lastValueFrom(work({ client, terminal, progress }).pipe(abortWith(abort.signal)));
  } catch (error) {
    if (interruptedBy !== undefined) {
      if (interruptedText !== undefined) progress.say(interruptedText);
      return exitCodeOfInterruption(interruptedBy);
    }
    progress.clear();
    // The event of the clean-up has told it.
    if (!isSandboxError(error, "cleanup-failed")) await terminal.err(errorText(error));
    return exitCodeOfError(error);
  } finally {
    await client?.close();
    progress.clear();
    interrupted.unsubscribe();
  }
}

function tellCleanUp(event: ClientEvent, terminal: Terminal): void {
  if (event.type !== "cleanup-failed") return;
  const { kind, id } = event.subject;
  void terminal.err(`${errorText(event.error)}The ${kind} ${id} may still be there.\n`);
}
