import { transcript } from "@rxsandbox/client";
import { Subject } from "rxjs";

/** How the page shows lines: by the client's transcript, or by a loop that appends them as they come. */
export type PageWay = "transcript" | "loop";

/** What the page tells its server. */
export interface PageFigures {
  /** From the first line to the frame after the last one. */
  readonly ms: number;
  /** Milliseconds between frames meanwhile. */
  readonly frames: readonly number[];
  readonly error?: string;
}

/** The part of a page that is used here; the package compiles without the types of browsers. */
interface Page {
  readonly location: { readonly hash: string };
  readonly document: {
    readonly body: { append(node: PageNode): void };
    createElement(name: string): PageNode;
    createTextNode(text: string): PageNode;
  };
  readonly MessageChannel: new () => {
    readonly port1: { onmessage: (() => void) | null; close(): void };
    readonly port2: { postMessage(message: null): void };
  };
  requestAnimationFrame(call: (at: number) => void): number;
}

interface PageNode {
  readonly childNodes: { readonly length: number };
  readonly style: { cssText: string };
  append(...nodes: PageNode[]): void;
}

const LINES = 100_000;
/** Lines of one turn of the event loop, as a chunk from the network brings them. */
const SLICE = 500;
const page = globalThis as unknown as Page;

/** Entry of the page: shows all lines and posts its figures. */
const list = page.document.createElement("pre");
list.style.cssText = "height: 600px; overflow: auto; contain: strict; font: 12px monospace";
page.document.body.append(list);
const frame = (): Promise<number> => new Promise((resolve) => page.requestAnimationFrame(resolve));
await frame();
await frame();
const way = page.location.hash.slice(1) as PageWay;
const frames: number[] = [];
let isOver = false;
const watching = watchFrames();
const started = performance.now();
const error = await (way === "loop" ? loop() : showTranscript()).then(
  () => (list.childNodes.length === LINES ? undefined : `the page shows ${list.childNodes.length} lines`),
  (reason: unknown) => String(reason),
);
await frame();
await frame();
const ms = performance.now() - started;
isOver = true;
await watching;
const figures: PageFigures = { ms, frames, ...(error !== undefined && { error }) };
await fetch("/", { method: "POST", body: JSON.stringify(figures) });

async function watchFrames(): Promise<void> {
  for (let before = await frame(); !isOver;) {
    const now = await frame();
    frames.push(now - before);
    before = now;
  }
}

async function feed(next: (text: string) => void): Promise<void> {
  for (let index = 0; index < LINES; index += 1) {
    if (index % SLICE === 0) await turn();
    next(`${index} [12/480] GET /index.html 200 cache miss retry`);
  }
}

/** A new turn of the event loop, without the pause of a timer. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new page.MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

function show(text: string): void {
  list.append(page.document.createTextNode(`${text}\n`));
}

function loop(): Promise<void> {
  return feed(show);
}

async function showTranscript(): Promise<void> {
  const events = new Subject<{ readonly type: "output"; readonly text: string }>();
  let shown = 0;
  const showing = events.pipe(transcript({ maxLines: LINES })).forEach(({ lines, isLastLineOpen }) => {
    const whole = isLastLineOpen ? lines.length - 1 : lines.length;
    for (; shown < whole; shown += 1) show(lines[shown]?.text ?? "");
  });
  await feed((text) => events.next({ type: "output", text: `${text}\n` }));
  events.complete();
  return showing;
}
