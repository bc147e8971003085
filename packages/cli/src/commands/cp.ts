import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join, posix, relative, resolve, sep } from "node:path";
import { Writable } from "node:stream";
import {
  catchError,
  concat,
  concatMap,
  defer,
  finalize,
  from,
  ignoreElements,
  map,
  of,
  tap,
  throwError,
  type Observable,
} from "rxjs";
import {
  InvalidArgumentError,
  isSandboxError,
  isSandboxGone,
  type FileInfo,
  type Files,
  type TransferProgress,
} from "@rxsandbox/client";
import { exitCode } from "../exit-code.js";
import type { Progress } from "../progress.js";
import type { Terminal } from "../terminal.js";
import { withClient, type ClientCommandOptions } from "../with-client.js";

/** A path here, or in a sandbox. */
export interface CopyPlace {
  readonly sandboxId?: string;
  readonly path: string;
}

/** Reads `path` or `sandbox:path`. One letter before the colon is a drive of Windows. */
export function copyPlace(text: string): CopyPlace {
  const [, sandboxId, path] = /^([\w][\w.-]+):(.+)$/s.exec(text) ?? [];
  return sandboxId === undefined || path === undefined ? { path: text } : { sandboxId, path };
}

/** What a copy reports to. */
interface CopyReport {
  readonly terminal: Terminal;
  readonly progress: Progress;
}

/**
 * `rxsandbox cp`: a file or a directory into a sandbox or out of it, streamed, with its permissions. What is neither,
 * such as a symbolic link, is left out and told.
 */
export function cp(
  source: string,
  target: string,
  options: ClientCommandOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const [from, to] = [copyPlace(source), copyPlace(target)];
  return withClient(options, terminal, env, {
    interruptedText: "Interrupted: the copy is incomplete",
    work: ({ client, progress }) => {
      const report = { terminal, progress };
      const copied =
        from.sandboxId !== undefined && to.sandboxId === undefined
          ? download(client.attach(from.sandboxId).files, from.path, to.path, report)
          : from.sandboxId === undefined && to.sandboxId !== undefined
            ? upload(client.attach(to.sandboxId).files, from.path, to.path, report)
            : throwError(() => new InvalidArgumentError("<from> and <to>", "must have exactly one sandbox:path"));
      return concat(
        copied.pipe(ignoreElements()),
        defer(() => {
          progress.clear();
          return of(exitCode.ok);
        }),
      );
    },
  });
}

/** As `cp` does: into a directory that exists, else under the name that is given. */
function download(files: Files, path: string, target: string, report: CopyReport): Observable<unknown> {
  return files.getFileInfo([path]).pipe(
    concatMap(async (infos) => {
      const info = infos[path] ?? Object.values(infos)[0];
      const isDirectory = await stat(target).then(
        (there) => there.isDirectory(),
        () => false,
      );
      return { info, local: isDirectory ? join(target, posix.basename(path)) : target };
    }),
    concatMap(({ info, local }) => {
      if (info?.type !== "directory") return downloadFile(files, path, local, info, report);
      return concat(
        defer(() => mkdir(local, { recursive: true })),
        entriesBelow(files, info.path).pipe(
          concatMap((entry) => {
            const place = placeBelow(local, posix.relative(info.path, entry.path));
            if (entry.type === "directory") return mkdir(place, { recursive: true });
            if (entry.type === "file") return downloadFile(files, entry.path, place, entry, report);
            return report.terminal.err(`Left out ${entry.path}, which is neither a file nor a directory\n`);
          }),
        ),
      );
    }),
  );
}

/** Everything below a directory, each directory before what is in it. */
function entriesBelow(files: Files, path: string): Observable<FileInfo> {
  return files.listDirectory({ path }).pipe(
    concatMap((entries) => from(entries)),
    concatMap((entry) => (entry.type === "directory" ? concat(of(entry), entriesBelow(files, entry.path)) : of(entry))),
  );
}

/** A path below a directory of ours, whatever the sandbox calls it. */
function placeBelow(directory: string, name: string): string {
  const place = resolve(directory, name);
  if (!place.startsWith(resolve(directory) + sep))
    throw new Error(`the sandbox names a file outside of the directory: ${name}`);
  return place;
}

/** Writes beside the target first, so that a download that fails leaves the old file. */
function downloadFile(
  files: Files,
  path: string,
  local: string,
  info: FileInfo | undefined,
  report: CopyReport,
): Observable<unknown> {
  return defer(() => {
    const part = `${local}.${process.pid}.part`;
    let isWhole = false;
    const sink = Writable.toWeb(createWriteStream(part, { flags: "wx" })) as WritableStream<Uint8Array>;
    return concat(
      files.download(path, sink).pipe(showProgress(path, report)),
      defer(async () => {
        if (info !== undefined) await chmod(part, Number.parseInt(String(info.mode), 8) & 0o777);
        await rename(part, local);
        isWhole = true;
      }),
    ).pipe(finalize(() => void (isWhole || rm(part, { force: true }).catch(() => undefined))));
  });
}

function upload(files: Files, local: string, path: string, report: CopyReport): Observable<unknown> {
  return isRemoteDirectory(files, path).pipe(
    map((isDirectory) => (isDirectory ? posix.join(path, basename(resolve(local))) : path)),
    concatMap((target) =>
      defer(() => stat(local)).pipe(
        concatMap((there) => {
          if (!there.isDirectory()) return uploadFile(files, local, target, report);
          return concat(
            files.createDirectories([{ path: target }]),
            defer(() => readdir(local, { recursive: true, withFileTypes: true })).pipe(
              concatMap((entries) => from(entries)),
              concatMap((entry) => {
                const place = join(entry.parentPath, entry.name);
                const remote = posix.join(target, ...relative(local, place).split(sep));
                if (entry.isDirectory()) return files.createDirectories([{ path: remote }]);
                if (entry.isFile()) return uploadFile(files, place, remote, report);
                return report.terminal.err(`Left out ${place}, which is neither a file nor a directory\n`);
              }),
            ),
          );
        }),
      ),
    ),
  );
}

function isRemoteDirectory(files: Files, path: string): Observable<boolean> {
  return files.getFileInfo([path]).pipe(
    map((infos) => Object.values(infos)[0]?.type === "directory"),
    catchError((error: unknown) =>
      isSandboxError(error, "not-found") && !isSandboxGone(error) ? of(false) : throwError(() => error),
    ),
  );
}

function uploadFile(files: Files, local: string, path: string, report: CopyReport): Observable<unknown> {
  return defer(() => stat(local)).pipe(
    concatMap(({ size, mode }) => {
      const data = createReadStream(local);
      const entry = { path, data, size, mode: Number((mode & 0o777).toString(8)) };
      return files.upload([entry]).pipe(
        showProgress(local, report),
        finalize(() => data.destroy()),
      );
    }),
  );
}

/** Shows how far a file is where somebody can see it; emits nothing. */
function showProgress(
  name: string,
  { terminal, progress }: CopyReport,
): (transfer: Observable<TransferProgress>) => Observable<never> {
  return (transfer) =>
    transfer.pipe(
      tap(({ loadedBytes, totalBytes }) => {
        if (!terminal.isInteractive) return;
        progress.say(
          `${name}  ${mebibytes(loadedBytes)}${totalBytes === null ? "" : ` of ${mebibytes(totalBytes)}`} MiB`,
        );
      }),
      ignoreElements(),
    );
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
