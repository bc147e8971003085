import { randomUUID } from "node:crypto";

import type { WireCodeContext } from "@rxsandbox/protocol";

import type { WorkerContext } from "../worker-context.js";
import type { Kernel, KernelReply, OutputSink } from "./kernel.js";

/** There is no kernel for a language on this machine. */
export class NoKernel extends Error {
  override readonly name: string = "NoKernel";
}

/** One code context; `kernel` is replaced when it died. */
export interface CodeContext {
  readonly id: string;
  readonly language: string;
  readonly cwd: string;
  readonly isDefault: boolean;
  kernel: Kernel;
  isBusy: boolean;
  executionCount: number;
}

/** The code contexts of one worker (`execd.md` 5). They live in its processes and die with them. */
export class CodeContexts {
  readonly #worker: WorkerContext;
  readonly #contexts = new Map<string, CodeContext>();
  readonly #starting = new Map<string, Promise<CodeContext>>();

  constructor(worker: WorkerContext) {
    this.#worker = worker;
  }

  get(id: string): CodeContext | undefined {
    return this.#contexts.get(id);
  }

  /** In order of creation; of one language or of all. */
  list(language?: string): readonly CodeContext[] {
    return [...this.#contexts.values()].filter((context) => language === undefined || context.language === language);
  }

  /** Starts a kernel for a new context; rejects with {@link NoKernel}. */
  async create(language: string, cwd: string, isDefault = false): Promise<CodeContext> {
    const kernel = await startKernel(language, cwd, this.#worker);
    const context: CodeContext = {
      id: randomUUID(),
      language,
      cwd,
      isDefault,
      kernel,
      isBusy: false,
      executionCount: 0,
    };
    this.#contexts.set(context.id, context);
    return context;
  }

  /** The default context of a language, made at its first use; rejects with {@link NoKernel}. */
  default(language: string): Promise<CodeContext> {
    const existing = this.list(language).find((context) => context.isDefault);
    if (existing !== undefined) return Promise.resolve(existing);
    const starting = this.#starting.get(language) ?? this.create(language, this.#worker.config.workingDirectory, true);
    this.#starting.set(language, starting);
    const forget = (): boolean => this.#starting.delete(language);
    starting.then(forget, forget);
    return starting;
  }

  /** Ends a context and what runs in it; false when there is none. */
  delete(id: string): boolean {
    const context = this.#contexts.get(id);
    this.#contexts.delete(id);
    context?.kernel.kill();
    return context !== undefined;
  }

  /** Interrupts what runs in a context; false when there is none. */
  interrupt(id: string): boolean {
    const context = this.#contexts.get(id);
    context?.kernel.interrupt();
    return context !== undefined;
  }

  /**
   * Runs code in a context that is not busy. A kernel that died since is started again, without its state, as a kernel
   * manager does.
   */
  async run(context: CodeContext, code: string, sink: OutputSink): Promise<KernelReply> {
    context.isBusy = true;
    try {
      if (!context.kernel.isAlive) context.kernel = await startKernel(context.language, context.cwd, this.#worker);
      return await context.kernel.run(code, sink);
    } finally {
      context.isBusy = false;
    }
  }
}

/** The body that describes a context. */
export function describeContext({ id, language }: CodeContext): WireCodeContext {
  return { id, language };
}

// Loaded with the first context: every creation of a sandbox waits for the worker's start.
async function startKernel(language: string, cwd: string, worker: WorkerContext): Promise<Kernel> {
  const [{ Kernel }, { kernelPrograms }] = await Promise.all([import("./kernel.js"), import("./kernel-programs.js")]);
  const programs = kernelPrograms(language, worker.config.env);
  try {
    return await Kernel.start(programs, cwd, worker);
  } catch (cause) {
    throw new NoKernel(`no kernel found for language: ${language}`, { cause });
  }
}
