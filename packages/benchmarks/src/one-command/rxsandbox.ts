import { createClient, stdoutLines } from "@rxsandbox/client";
import { lastValueFrom, switchMap, tap } from "rxjs";

/** The same program as `official.ts`, as a user of this project writes it. */
const client = createClient();
await lastValueFrom(
  client.connect(process.argv[2] ?? "").pipe(
    switchMap((sandbox) => sandbox.commands.run(process.argv[3] ?? "")),
    stdoutLines(),
    tap((line) => console.log(line)),
  ),
);
await client.close();
