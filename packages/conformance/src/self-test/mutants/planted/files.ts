import type { GatewayRequest } from "../../../gateway/alteration.js";
import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answerJson, answers, execdRoute, frames, refusalAccepted } from "./altering.js";

const uploads = execdRoute("POST", /^\/files\/upload/);
const downloads = execdRoute("GET", /^\/files\/download/);
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

const UPLOAD_PATH = /\{"path":"([^"]+)"/g;

function uploadPaths({ body }: GatewayRequest): readonly string[] {
  return [...body.toString("latin1").matchAll(UPLOAD_PATH)].map(([, path = ""]) => path);
}

/** Sends the files of an upload elsewhere; `at` counts its paths from 0. */
function withUploadPaths(request: GatewayRequest, change: (path: string, at: number) => string): GatewayRequest {
  let at = 0;
  const text = request.body.toString("latin1").replace(UPLOAD_PATH, (_, path: string) => `{"path":"${change(path, at++)}"`);
  return { ...request, body: Buffer.from(text, "latin1") };
}

/** Wrong files and directories, and a wrong daemon around them. */
export const fileMutants: readonly ServerMutant[] = [
  conditional("download-as-text", "CRLF becomes LF in downloads", "execd/files-transfer/bytes", "execd.files.upload/bytes-survive", () =>
    answers(downloads, (answer) => ({ ...answer, body: Buffer.from(answer.body.toString("latin1").replaceAll("\r\n", "\n"), "latin1") })),
  ),
  conditional(
    "download-cut-at-256-kib",
    "a download ends after 256 KiB",
    "execd/files-transfer/large",
    "execd.files.download/whole",
    () => answers(downloads, (answer) => ({ ...answer, body: answer.body.subarray(0, 262_144) })),
  ),
  conditional("first-file-only", "of several files of an upload all go to the path of the first", "execd/files-transfer/many", "execd.files.upload-many/own-paths", () => ({
    request(request) {
      if (!uploads(request)) return request;
      const [first] = uploadPaths(request);
      return withUploadPaths(request, (path, at) => (at === 1 ? (first ?? path) : path));
    },
  })),
  conditional("upload-pairs-backwards", "the files of an upload go to its paths from the last to the first", "execd/files-transfer/many", "X39/paired-by-order", () => ({
    request(request) {
      if (!uploads(request)) return request;
      const paths = uploadPaths(request);
      return withUploadPaths(request, (path, at) => paths.at(-1 - at) ?? path);
    },
  })),
  conditional(
    "upload-mode-ignored",
    "the mode of an upload is ignored",
    "execd/files-transfer/mode",
    "execd.files.upload-mode/mode",
    () => ({ request: (request) => (uploads(request) ? { ...request, body: Buffer.from(request.body.toString("latin1").replace(/,"mode":\d+/g, ""), "latin1") } : request) }),
  ),
  conditional("unequal-form-accepted", "a form with more metadata than files is accepted", "execd/files-transfer/invalid", "execd.files.upload-invalid/refused", () =>
    refusalAccepted(uploads, "", ({ body }) => body.includes("mismatch")),
  ),
  conditional("range-one-short", "a range that ends before the file misses its last byte", "execd/files-transfer/range", "execd.files.range/range-bytes", () =>
    answers(downloads, (answer) => {
      const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.headers["content-range"] ?? "");
      return answer.status !== 206 || range === null || Number(range[2]) + 1 === Number(range[3]) ? answer : { ...answer, body: answer.body.subarray(0, -1) };
    }),
  ),
  conditional("range-as-whole", "a suffix range gives the whole file", "execd/files-transfer/range", "execd.files.range/partial", () => ({
    request: (request) => (downloads(request) && /^bytes=-/.test(request.headers["range"] ?? "") ? { ...request, headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== "range")) } : request),
  })),
  conditional("range-refusal-cut", "a malformed range is refused with a body that is shorter than it says", "execd/files-transfer/range-beyond", "X40/body-as-announced", () =>
    answers(downloads, (answer, { headers }) => (answer.status === 416 && !/^bytes=\d/.test(headers["range"] ?? "") ? { ...answer, announcedBytes: answer.body.length + 9 } : answer)),
  ),
  conditional("range-beyond-as-empty", "a range beyond the end is an empty part", "execd/files-transfer/range-beyond", "execd.files.range-beyond/beyond-is-416", () =>
    answers(downloads, (answer) => (answer.status === 416 ? { status: 206, headers: { "content-range": "bytes 10-10/10" }, body: Buffer.alloc(0) } : answer)),
  ),
  conditional("window-from-zero", "line windows count from zero", "execd/files-transfer/lines", "execd.files.lines/window", () => ({
    request: (request) => (downloads(request) ? { ...request, path: request.path.replace(/&offset=([1-9]\d*)/, (_, offset: string) => `&offset=${Number(offset) + 1}`) } : request),
  })),
  conditional("range-wins-over-lines", "where lines and a range are asked for, the range is ignored", "execd/files-transfer/lines-and-range", "execd.files.lines-and-range/both-refused", () => ({
    request: (request) => (downloads(request) && request.path.includes("&offset=") ? { ...request, headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== "range")) } : request),
  })),
  conditional(
    "missing-download-as-empty",
    "downloading a missing file gives an empty one",
    "execd/files-transfer/download-missing",
    "execd.files.download-missing/missing-is-404",
    () => refusalAccepted(downloads, "", ({ status }) => status === 404),
  ),
  always("size-off-by-one", "files are told one byte too long", "execd/files-tree/info", "execd.files.info/file-info", () =>
    answerJson(infos, (json) => Object.fromEntries(Object.entries(json).map(([path, file]) => [path, { ...(file as object), size: Number((file as { size?: number }).size) + 1 }]))),
  ),
  conditional("second-deletion-forgotten", "of several paths only the first is deleted", "execd/files-tree/delete", "execd.files.delete/gone", () => ({
    request: (request) => (deletes(request) ? { ...request, path: request.path.replace(/&path=.*$/, "") } : request),
  })),
  conditional("directory-deleted-as-file", "deleting a directory as a file is accepted", "execd/files-tree/delete", "execd.files.delete-directory/directory-refused", () =>
    refusalAccepted(deletes, "", ({ body }) => body.includes("is a directory")),
  ),
  conditional("write-only-modes-kept", "a mode without the owner's write permission is not set", "execd/files-tree/permissions", "execd.files.permissions/mode-set", () => ({
    request: (request) => (permissions(request) && /"mode":4\d\d/.test(request.body.toString()) ? done : request),
  })),
  always("move-copies", "a moved file stays at its source", "execd/files-tree/move", "execd.files.mv/not-at-source", () => ({
    request(request) {
      if (!moves(request)) return request;
      const [move] = JSON.parse(request.body.toString()) as readonly { src: string; dest: string }[];
      if (move === undefined || move.src.endsWith("/none") || move.dest.endsWith("/b")) return request;
      const command = `cp -p '${move.src}' '${move.dest}'`;
      return { ...request, path: "/command", headers: { ...request.headers, "content-type": "application/json" }, body: Buffer.from(JSON.stringify({ command })) };
    },
  })),
  conditional("missing-source-moved", "moving a missing file is accepted", "execd/files-tree/move", "execd.files.mv/missing-is-404", () => refusalAccepted(moves, "", ({ status }) => status === 404)),
  conditional("search-not-deep", "a search does not look below the second level", "execd/files-tree/search", "execd.files.search/matches", () =>
    answers(searches, (answer) => {
      if (answer.status !== 200) return answer;
      const found = JSON.parse(answer.body.toString()) as readonly { readonly path: string }[];
      return { ...answer, body: Buffer.from(JSON.stringify(found.filter(({ path }) => path.split("/").length < 6))) };
    }),
  ),
  conditional("search-missing-as-nothing", "searching a missing directory finds nothing", "execd/files-tree/search", "execd.files.search/missing-is-404", () => refusalAccepted(searches, [], ({ status }) => status === 404)),
  always("replace-counts-files", "the count is that of files", "execd/files-tree/replace", "execd.files.replace-count/count", () =>
    answerJson(replaces, (json) => Object.fromEntries(Object.entries(json).map(([path]) => [path, { replacedCount: 1 }]))),
  ),
  conditional("replace-with-patterns", "dollar signs in the new text are patterns", "execd/files-tree/replace", "execd.files.replace/replaced", () => ({
    request: (request) => (replaces(request) ? { ...request, body: Buffer.from(request.body.toString().replaceAll("$1", "")) } : request),
  })),
  conditional("replace-empty-accepted", "replacing an empty text is accepted", "execd/files-tree/replace", "execd.files.replace-empty/empty-refused", () => refusalAccepted(replaces, "", ({ body }) => body.includes("empty"))),
  always("list-depth-ignored", "a listing has one level", "execd/files-tree/directories", "execd.directories.list/depth", () => ({
    request: (request) => (lists(request) ? { ...request, path: request.path.replace(/&depth=\d+/, "") } : request),
  })),
  conditional("directory-again-refused", "making a directory again is refused", "execd/files-tree/directories", "execd.directories.create/made-again", () => {
    const made = new Set<string>();
    return {
      request(request) {
        if (!makes(request)) return request;
        const key = request.body.toString();
        if (!made.has(key)) return void made.add(key), request;
        return { status: 500, headers: { "content-type": "application/json" }, body: Buffer.from('{"code":"RUNTIME_ERROR","message":"exists"}') };
      },
    };
  }),
  always("directory-not-deleted", "a deleted directory stays", "execd/files-tree/directories", "execd.directories.delete/gone-with-content", () => ({ request: (request) => (removes(request) ? done : request) })),
  always("unknown-route-as-200", "an unknown route is 200", "execd/daemon/ping", "execd.routes.unknown/unknown-is-404", () =>
    answers(({ part, path }) => part === "execd" && /^\/[a-z0-9]{12}$/.test(path), (answer) => (answer.status === 404 ? done : answer)),
  ),
  always(
    "errors-as-text",
    "refusals are plain text",
    "execd/daemon/errors",
    "execd.errors.envelope/code-and-message",
    () => answers(({ part }) => part === "execd", (answer) => (answer.status >= 400 ? { status: answer.status, headers: { "content-type": "text/plain" }, body: Buffer.from("refused") } : answer)),
  ),
  always("memory-used-above-total", "more memory is used than there is", "execd/daemon/metrics", "execd.metrics.shape/within-bounds", () =>
    answerJson(execdRoute("GET", /^\/metrics$/), (json) => ({ ...json, mem_used_mib: Number(json["mem_total_mib"]) * 2 })),
  ),
  conditional("metrics-frozen", "metrics are those of the first reading", "execd/daemon/metrics", "execd.metrics.shape/time-moves", () => {
    let first: Record<string, unknown> | undefined;
    return answerJson(execdRoute("GET", /^\/metrics$/), (json) => (first ??= json));
  }),
  conditional("metrics-watched-once", "watched metrics come once", "execd/daemon/metrics-watch", "execd.metrics.watch/comes-again", () =>
    frames(execdRoute("GET", /^\/metrics\/watch/), async function* (stream) {
      for await (const frame of stream) {
        yield frame;
        yield { act: "finish" };
      }
    }),
  ),
  conditional("proxy-loses-query", "the daemon's proxy loses the query", "execd/daemon/proxy", "execd.proxy.passes/passes", () => ({
    request: (request) => (request.part === "execd" && request.path.startsWith("/proxy/") ? { ...request, path: request.path.replace(/\?.*$/, "") } : request),
  })),
  conditional("any-token-taken-for-wrong", "a token where none is configured is refused", "execd/daemon/token", "execd.token.required/no-token-configured", () => ({
    request: (request) => (request.part === "execd" && request.headers["x-execd-access-token"] !== undefined ? { status: 401, headers: {}, body: Buffer.from("{}") } : request),
  })),
  conditional("list-of-file-is-empty", "listing a file is an empty listing", "execd/files-tree/directories", "execd.directories.list-errors/file-is-400", () =>
    answers(lists, (answer) => (answer.status === 400 ? { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from("[]") } : answer)),
  ),
  conditional("proxy-nothing-is-503", "the daemon's proxy answers 503 where nothing listens", "execd/daemon/proxy", "execd.proxy.unreachable/nothing-listens-is-502", () =>
    answers(execdRoute("GET", /^\/proxy\//), (answer) => (answer.status === 502 ? { ...answer, status: 503 } : answer)),
  ),
];
