import { setImmediate as turn } from "node:timers/promises";
import { SandboxError, type FollowEvent, type FollowToken } from "@rxsandbox/client";
import { concat, lastValueFrom, map, of, range, throwError, toArray, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import { recordingTerminal } from "./testing/recording-terminal.js";
import { writeFollowed } from "./write-followed.js";

const token = (cursor: number): FollowToken =>
  ({ v: 1, sandboxId: "s", commandId: "c", cursor: String(cursor) }) as FollowToken;
const output = (text: string, cursor: number): FollowEvent => ({ type: "output", text, token: token(cursor) });
const end: FollowEvent = { type: "end", end: { kind: "exited", exitCode: 0 }, token: token(9), limitReached: false };

describe("writeFollowed", () => {
  it("leaves the log of a reader that is too far behind, and goes on from its last token", async () => {
    const resumed: string[] = [];
    let read = 0;
    const log = (from: number): Observable<FollowEvent> =>
      range(from + 1, 9 - from).pipe(map((cursor) => output("x".repeat(10), cursor)));
    const terminal = recordingTerminal();
    const slow = {
      ...terminal,
      out: async (text: string) => {
        await turn();
        await terminal.out(text);
        read += 1;
      },
    };
    const resume = ({ cursor }: FollowToken): Observable<FollowEvent> => {
      resumed.push(`${cursor} after ${read}`);
      return concat(log(Number(cursor)), of(end));
    };
    const events = await lastValueFrom(writeFollowed(concat(log(0), of(end)), resume, slow, 25).pipe(toArray()));
    expect(events.at(-1)).toBe(end);
    expect(terminal.stdout).toBe("x".repeat(90));
    // Three pieces wait at most; nothing is read before they are written.
    expect(resumed).toEqual(["3 after 3", "6 after 6", "9 after 9"]);
  });

  it("writes what came before an error first", async () => {
    const terminal = recordingTerminal();
    const failed = concat(
      of(output("last words", 1)),
      throwError(() => new SandboxError("not-found", "gone")),
    );
    await expect(lastValueFrom(writeFollowed(failed, () => failed, terminal))).rejects.toMatchObject({
      code: "not-found",
    });
    expect(terminal.stdout).toBe("last words");
  });
});
