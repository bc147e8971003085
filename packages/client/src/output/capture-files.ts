import { AsyncSubject, EMPTY, catchError, concat, defer, ignoreElements, map, of, share, type Observable } from "rxjs";
import { createUtf8Decoder, isSandboxGone } from "@rxsandbox/transport";
import type { CapturedText } from "@rxsandbox/execution";
import type { Files } from "@rxsandbox/files";
import { createRequestId, survive, type SandboxConnection, type Survival } from "@rxsandbox/transport/calls";

/** How long a removal is tried again; `close` waits for 15 s of it. */
const REMOVE_MS = 60_000;

/** The files in the sandbox that take the output of one command. */
export interface CaptureFiles {
  readonly directory: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Makes the directory. It may be repeated; a request that was sent is not aborted. */
  readonly create: Observable<never>;
  /** Removes the directory and what is in it, after the answer to the last `create`. */
  readonly remove: Observable<unknown>;
}

/**
 * Names the files of one command. Their names cannot be guessed, and other users of the sandbox can read neither files
 * nor directory; `forUser` lets a command that runs as another user make its files there.
 */
export function captureFiles({ cleanupApi }: SandboxConnection, forUser: boolean): CaptureFiles {
  const id = createRequestId();
  const directory = `/tmp/rxsandbox-capture-${id}`;
  const json = { [directory]: { mode: forUser ? 733 : 700 } };
  const request = cleanupApi
    .empty({ what: "Create the files of a capture", method: "POST", path: "/directories", json, idempotent: true })
    .pipe(ignoreElements());
  let lastCreate: Observable<never> = EMPTY;
  const create = defer(() => {
    lastCreate = request.pipe(
      share({
        connector: () => new AsyncSubject(),
        resetOnComplete: false,
        resetOnError: false,
        resetOnRefCountZero: false,
      }),
    );
    return lastCreate;
  });
  const remove = cleanupApi.empty({
    what: "Remove the files of a capture",
    method: "DELETE",
    path: "/directories",
    query: { path: [directory] },
  });
  return {
    directory,
    stdout: `${directory}/${id}.out`,
    stderr: `${directory}/${id}.err`,
    create,
    remove: concat(
      // Removed before it is made, it would stay.
      defer(() => lastCreate.pipe(catchError(() => EMPTY))),
      // A command that begins at this moment may make a file while the directory is being removed: hence any error.
      remove.pipe(
        survive({
          giveUpMs: REMOVE_MS,
          isSurvived: (error) => !isSandboxGone(error),
        }),
      ),
    ),
  };
}

/**
 * The command, with its output in the files. In the same shell, so that its end, its signals and its variables are its
 * own. Where the directory is gone, since nobody waits any more, the command does not begin.
 */
export function capturing(command: string, { stdout, stderr }: CaptureFiles, forUser: boolean): string {
  // Appending: a program that opens /dev/stdout again then writes behind what is there.
  const files = `exec >>'${stdout}' 2>>'${stderr}' || exit 1\n${command}`;
  return forUser ? `(umask 077 && : >'${stdout}' && : >'${stderr}') || exit 1\n${files}` : files;
}

/** A part of a file to keep. */
interface Part {
  readonly start: number;
  readonly length: number;
}

/** What to read of a stream of `size` bytes: all of it, or its beginning and its end. */
function partsOf(size: number, maxOutputBytes: number): readonly Part[] {
  if (size <= maxOutputBytes) return [{ start: 0, length: size }];
  const head = Math.ceil(maxOutputBytes / 2);
  const tail = Math.floor(maxOutputBytes) - head;
  return [
    { start: 0, length: head },
    { start: size - tail, length: tail },
  ];
}

/** How to read the file of one stream. */
export interface ReadStream {
  readonly files: Files;
  readonly path: string;
  readonly size: number;
  readonly maxOutputBytes: number;
  readonly survival: Survival;
  /** Told the bytes of each chunk. */
  readonly onBytes: (count: number) => void;
}

/** Reads the output of one stream and emits its text; a connection that breaks is replaced from the byte reached. */
export function readStream({ maxOutputBytes, size, ...reading }: ReadStream): Observable<CapturedText> {
  return defer(() => {
    const [head = { start: 0, length: 0 }, tail] = partsOf(size, maxOutputBytes);
    const first = new Uint8Array(head.length);
    const last = new Uint8Array(tail?.length ?? 0);
    return concat(
      readPart(reading, head, first),
      tail === undefined ? EMPTY : readPart(reading, tail, last),
      defer(() => of(textOf(first, tail === undefined ? undefined : last, size))),
    );
  });
}

function readPart(
  { files, path, survival, onBytes }: Omit<ReadStream, "maxOutputBytes" | "size">,
  { start, length }: Part,
  into: Uint8Array,
): Observable<never> {
  let at = 0;
  const rest = defer(() =>
    at === length
      ? EMPTY
      : files.readBytesStream(path, { range: { start: start + at, length: length - at }, maxResumes: 0 }),
  );
  return rest.pipe(
    map((chunk) => {
      into.set(chunk, at);
      at += chunk.length;
      onBytes(chunk.length);
    }),
    survive(survival),
    ignoreElements(),
  );
}

/** Decodes what was kept; where the middle is missing, a character that it cuts is left out. */
function textOf(head: Uint8Array, tail: Uint8Array | undefined, size: number): CapturedText {
  const decoder = createUtf8Decoder();
  const text = decoder.push(head);
  if (tail === undefined) return { text: text + decoder.end(), truncated: false, omittedBytes: 0 };
  const kept = head.length - decoder.heldBytes();
  let start = 0;
  while (start < Math.min(3, tail.length) && ((tail[start] ?? 0) & 0xc0) === 0x80) start += 1;
  const end = createUtf8Decoder();
  const tailText = end.push(tail.subarray(start)) + end.end();
  return { text: text + tailText, truncated: true, omittedBytes: size - kept - (tail.length - start) };
}
