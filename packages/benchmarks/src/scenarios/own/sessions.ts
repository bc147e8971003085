import { exitCode, stdoutText, toExecution, type Session } from "@rxsandbox/client";
import { concat, map, type Observable } from "rxjs";
import { expectError } from "./expect-error.js";
import { expectValue } from "./expect-value.js";
import type { OwnScenario } from "./own-scenario.js";

/** Behaviour 17: bash sessions. */
export const ownSessionScenarios: readonly OwnScenario[] = [
  {
    number: 17,
    name: "a session keeps exports and directory, apart from other sessions, and is deleted",
    run: ({ inSandbox }) =>
      inSandbox((sandbox) => {
        const text = (session: Session, command: string): Observable<string> => session.run(command).pipe(stdoutText());
        let deleted: Session | undefined;
        return concat(
          sandbox.withSession({ workingDirectory: "/tmp" }, (session) =>
            sandbox.withSession({}, (other) => {
              deleted = session;
              return concat(
                expectValue(text(session, "pwd"), "/tmp\n"),
                expectValue(session.run("export COLOUR=blue").pipe(exitCode()), 0),
                expectValue(text(session, 'echo "${COLOUR-none}"'), "blue\n"),
                expectValue(text(other, 'echo "${COLOUR-none}"'), "none\n"),
                expectValue(session.run("pwd", { workingDirectory: "/" }).pipe(stdoutText()), "/\n"),
                expectValue(
                  session.run("exit 7").pipe(
                    toExecution(),
                    map(({ error, end }) => [error?.name, error?.value, end]),
                  ),
                  ["CommandExecError", "7", { kind: "exited", exitCode: 7 }],
                ),
                expectValue(text(sandbox.attachSession(session.id), 'echo "${COLOUR-none}"'), "blue\n"),
              );
            }),
          ),
          expectError(() => deleted!.run("pwd"), "not-found"),
        );
      }),
  },
];
