/** What one sandbox may use at most; an absent field is no limit. */
export interface SandboxLimits {
  /** Processes and threads. */
  readonly processes: number;
  readonly memoryBytes?: number;
  /** Processors, in fractions. */
  readonly cpus?: number;
  /** Bytes that its own directories may take on the disk. */
  readonly storageBytes?: number;
}

/** What the daemon itself needs to live: no smaller limit of memory is set. */
const LEAST_MEMORY_BYTES = 128 * 2 ** 20;

/** No smaller share of a processor is set: the kernel takes 1 ms in 100. */
const LEAST_CPUS = 0.01;

const SUFFIXES: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/**
 * Reads the `resourceLimits` of a create request. What cannot be read and what is not positive limits nothing, as on
 * the recorded server; so do names that are not known here.
 */
export function readLimits(requested: Readonly<Record<string, string>>, maxProcesses: number): SandboxLimits {
  const cpus = readQuantity(requested["cpu"]);
  const memory = readQuantity(requested["memory"]);
  const storage = readQuantity(requested["ephemeral-storage"]);
  return {
    processes: maxProcesses,
    ...(cpus === undefined ? {} : { cpus: Math.max(cpus, LEAST_CPUS) }),
    ...(memory === undefined ? {} : { memoryBytes: Math.max(Math.floor(memory), LEAST_MEMORY_BYTES) }),
    ...(storage === undefined ? {} : { storageBytes: Math.floor(storage) }),
  };
}

/** A positive quantity in the notation of Kubernetes, `500m` or `1.5Gi`. */
function readQuantity(text: string | undefined): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{0,9})?)(m|[kMGTP]|[KMGTP]i)?$/.exec(text ?? "");
  const factor = SUFFIXES[match?.[2] ?? ""];
  if (match === null || factor === undefined) return undefined;
  const value = Number(match[1]) * factor;
  return value > 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}
