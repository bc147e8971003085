import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answerJson, answers, execdRoute, refusalAccepted } from "./altering.js";

const infos = execdRoute("GET", /^\/files\/info/);
const deletes = execdRoute("DELETE", /^\/files\?/);
const permissions = execdRoute("POST", /^\/files\/permissions/);
const moves = execdRoute("POST", /^\/files\/mv/);
const searches = execdRoute("GET", /^\/files\/search/);
const replaces = execdRoute("POST", /^\/files\/replace/);
const lists = execdRoute("GET", /^\/directories\/list/);
const makes = execdRoute("POST", /^\/directories$/);
const removes = execdRoute("DELETE", /^\/directories\?/);
const done = { status: 200, headers: {}, body: Buffer.alloc(0) } as const;

/** Files and directories that are told, moved, searched or removed in a wrong way. */
export const fileTreeMutants: readonly ServerMutant[] = [
  always(
    "size-off-by-one",
    "files are told one byte too long",
    "execd/files-tree/info",
    "execd.files.info/file-info",
    () =>
      answerJson(infos, (json) =>
        Object.fromEntries(
          Object.entries(json).map(([path, file]) => [
            path,
            { ...(file as object), size: Number((file as { size?: number }).size) + 1 },
          ]),
        ),
      ),
  ),
  conditional(
    "second-deletion-forgotten",
    "of several paths only the first is deleted",
    "execd/files-tree/delete",
    "execd.files.delete/gone",
    () => ({
      request: (request) => (deletes(request) ? { ...request, path: request.path.replace(/&path=.*$/, "") } : request),
    }),
  ),
  conditional(
    "directory-deleted-as-file",
    "deleting a directory as a file is accepted",
    "execd/files-tree/delete",
    "execd.files.delete-directory/directory-refused",
    () => refusalAccepted(deletes, "", ({ body }) => body.includes("is a directory")),
  ),
  conditional(
    "write-only-modes-kept",
    "a mode without the owner's write permission is not set",
    "execd/files-tree/permissions",
    "execd.files.permissions/mode-set",
    () => ({
      request: (request) => (permissions(request) && /"mode":4\d\d/.test(request.body.toString()) ? done : request),
    }),
  ),
  always(
    "move-copies",
    "a moved file stays at its source",
    "execd/files-tree/move",
    "execd.files.mv/not-at-source",
    () => ({
      request(request) {
        if (!moves(request)) return request;
        const [move] = JSON.parse(request.body.toString()) as readonly { src: string; dest: string }[];
        if (move === undefined || move.src.endsWith("/none") || move.dest.endsWith("/b")) return request;
        const command = `cp -p '${move.src}' '${move.dest}'`;
        return {
          ...request,
          path: "/command",
          headers: { ...request.headers, "content-type": "application/json" },
          body: Buffer.from(JSON.stringify({ command })),
        };
      },
    }),
  ),
  conditional(
    "missing-source-moved",
    "moving a missing file is accepted",
    "execd/files-tree/move",
    "execd.files.mv/missing-is-404",
    () => refusalAccepted(moves, "", ({ status }) => status === 404),
  ),
  conditional(
    "search-not-deep",
    "a search does not look below the second level",
    "execd/files-tree/search",
    "execd.files.search/matches",
    () =>
      answers(searches, (answer) => {
        if (answer.status !== 200) return answer;
        const found = JSON.parse(answer.body.toString()) as readonly { readonly path: string }[];
        return { ...answer, body: Buffer.from(JSON.stringify(found.filter(({ path }) => path.split("/").length < 6))) };
      }),
  ),
  conditional(
    "search-missing-as-nothing",
    "searching a missing directory finds nothing",
    "execd/files-tree/search",
    "execd.files.search/missing-is-404",
    () => refusalAccepted(searches, [], ({ status }) => status === 404),
  ),
  always(
    "replace-counts-files",
    "the count is that of files",
    "execd/files-tree/replace",
    "execd.files.replace-count/count",
    () =>
      answerJson(replaces, (json) =>
        Object.fromEntries(Object.entries(json).map(([path]) => [path, { replacedCount: 1 }])),
      ),
  ),
  conditional(
    "replace-with-patterns",
    "dollar signs in the new text are patterns",
    "execd/files-tree/replace",
    "execd.files.replace/replaced",
    () => ({
      request: (request) =>
        replaces(request) ? { ...request, body: Buffer.from(request.body.toString().replaceAll("$1", "")) } : request,
    }),
  ),
  conditional(
    "replace-empty-accepted",
    "replacing an empty text is accepted",
    "execd/files-tree/replace",
    "execd.files.replace-empty/empty-refused",
    () => refusalAccepted(replaces, "", ({ body }) => body.includes("empty")),
  ),
  always(
    "list-depth-ignored",
    "a listing has one level",
    "execd/files-tree/directories",
    "execd.directories.list/depth",
    () => ({
      request: (request) => (lists(request) ? { ...request, path: request.path.replace(/&depth=\d+/, "") } : request),
    }),
  ),
  conditional(
    "directory-again-refused",
    "making a directory again is refused",
    "execd/files-tree/directories",
    "execd.directories.create/made-again",
    () => {
      const made = new Set<string>();
      return {
        request(request) {
          if (!makes(request)) return request;
          const key = request.body.toString();
          if (!made.has(key)) return (void made.add(key), request);
          return {
            status: 500,
            headers: { "content-type": "application/json" },
            body: Buffer.from('{"code":"RUNTIME_ERROR","message":"exists"}'),
          };
        },
      };
    },
  ),
  always(
    "directory-not-deleted",
    "a deleted directory stays",
    "execd/files-tree/directories",
    "execd.directories.delete/gone-with-content",
    () => ({ request: (request) => (removes(request) ? done : request) }),
  ),
  conditional(
    "list-of-file-is-empty",
    "listing a file is an empty listing",
    "execd/files-tree/directories",
    "execd.directories.list-errors/file-is-400",
    () =>
      answers(lists, (answer) =>
        answer.status === 400
          ? { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from("[]") }
          : answer,
      ),
  ),
];
