import type { GatewayRequest } from "../../../gateway/alteration.js";
import { conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answers, execdRoute, refusalAccepted } from "./altering.js";

const uploads = execdRoute("POST", /^\/files\/upload/);
const downloads = execdRoute("GET", /^\/files\/download/);

const UPLOAD_PATH = /\{"path":"([^"]+)"/g;

function uploadPaths({ body }: GatewayRequest): readonly string[] {
  return [...body.toString("latin1").matchAll(UPLOAD_PATH)].map(([, path = ""]) => path);
}

/** Sends the files of an upload elsewhere; `at` counts its paths from 0. */
function withUploadPaths(request: GatewayRequest, change: (path: string, at: number) => string): GatewayRequest {
  let at = 0;
  const text = request.body
    .toString("latin1")
    .replace(UPLOAD_PATH, (_, path: string) => `{"path":"${change(path, at++)}"`);
  return { ...request, body: Buffer.from(text, "latin1") };
}

/** Uploads and downloads that are wrong in one way. */
export const fileTransferMutants: readonly ServerMutant[] = [
  conditional(
    "download-as-text",
    "CRLF becomes LF in downloads",
    "execd/files-transfer/bytes",
    "execd.files.upload/bytes-survive",
    () =>
      answers(downloads, (answer) => ({
        ...answer,
        body: Buffer.from(answer.body.toString("latin1").replaceAll("\r\n", "\n"), "latin1"),
      })),
  ),
  conditional(
    "download-cut-at-256-kib",
    "a download ends after 256 KiB",
    "execd/files-transfer/large",
    "execd.files.download/whole",
    () => answers(downloads, (answer) => ({ ...answer, body: answer.body.subarray(0, 262_144) })),
  ),
  conditional(
    "first-file-only",
    "of several files of an upload all go to the path of the first",
    "execd/files-transfer/many",
    "execd.files.upload-many/own-paths",
    () => ({
      request(request) {
        if (!uploads(request)) return request;
        const [first] = uploadPaths(request);
        return withUploadPaths(request, (path, at) => (at === 1 ? (first ?? path) : path));
      },
    }),
  ),
  conditional(
    "upload-pairs-backwards",
    "the files of an upload go to its paths from the last to the first",
    "execd/files-transfer/many",
    "X39/paired-by-order",
    () => ({
      request(request) {
        if (!uploads(request)) return request;
        const paths = uploadPaths(request);
        return withUploadPaths(request, (path, at) => paths.at(-1 - at) ?? path);
      },
    }),
  ),
  conditional(
    "upload-mode-ignored",
    "the mode of an upload is ignored",
    "execd/files-transfer/mode",
    "execd.files.upload-mode/mode",
    () => ({
      request: (request) =>
        uploads(request)
          ? { ...request, body: Buffer.from(request.body.toString("latin1").replace(/,"mode":\d+/g, ""), "latin1") }
          : request,
    }),
  ),
  conditional(
    "unequal-form-accepted",
    "a form with more metadata than files is accepted",
    "execd/files-transfer/invalid",
    "execd.files.upload-invalid/refused",
    () => refusalAccepted(uploads, "", ({ body }) => body.includes("mismatch")),
  ),
  conditional(
    "range-one-short",
    "a range that ends before the file misses its last byte",
    "execd/files-transfer/range",
    "execd.files.range/range-bytes",
    () =>
      answers(downloads, (answer) => {
        const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.headers["content-range"] ?? "");
        return answer.status !== 206 || range === null || Number(range[2]) + 1 === Number(range[3])
          ? answer
          : { ...answer, body: answer.body.subarray(0, -1) };
      }),
  ),
  conditional(
    "range-as-whole",
    "a suffix range gives the whole file",
    "execd/files-transfer/range",
    "execd.files.range/partial",
    () => ({
      request: (request) =>
        downloads(request) && /^bytes=-/.test(request.headers["range"] ?? "")
          ? {
              ...request,
              headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== "range")),
            }
          : request,
    }),
  ),
  conditional(
    "range-refusal-cut",
    "a malformed range is refused with a body that is shorter than it says",
    "execd/files-transfer/range-beyond",
    "X40/body-as-announced",
    () =>
      answers(downloads, (answer, { headers }) =>
        answer.status === 416 && !/^bytes=\d/.test(headers["range"] ?? "")
          ? { ...answer, announcedBytes: answer.body.length + 9 }
          : answer,
      ),
  ),
  conditional(
    "range-beyond-as-empty",
    "a range beyond the end is an empty part",
    "execd/files-transfer/range-beyond",
    "execd.files.range-beyond/beyond-is-416",
    () =>
      answers(downloads, (answer) =>
        answer.status === 416
          ? { status: 206, headers: { "content-range": "bytes 10-10/10" }, body: Buffer.alloc(0) }
          : answer,
      ),
  ),
  conditional(
    "window-from-zero",
    "line windows count from zero",
    "execd/files-transfer/lines",
    "execd.files.lines/window",
    () => ({
      request: (request) =>
        downloads(request)
          ? {
              ...request,
              path: request.path.replace(/&offset=([1-9]\d*)/, (_, offset: string) => `&offset=${Number(offset) + 1}`),
            }
          : request,
    }),
  ),
  conditional(
    "range-wins-over-lines",
    "where lines and a range are asked for, the range is ignored",
    "execd/files-transfer/lines-and-range",
    "execd.files.lines-and-range/both-refused",
    () => ({
      request: (request) =>
        downloads(request) && request.path.includes("&offset=")
          ? {
              ...request,
              headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== "range")),
            }
          : request,
    }),
  ),
  conditional(
    "missing-download-as-empty",
    "downloading a missing file gives an empty one",
    "execd/files-transfer/download-missing",
    "execd.files.download-missing/missing-is-404",
    () => refusalAccepted(downloads, "", ({ status }) => status === 404),
  ),
];
