/** A change that was refused, with its status and text (`egress.md` 3 and 4). */
export class RefusedChange extends Error {
  override readonly name: string = "RefusedChange";
  readonly status: 400 | 404 | 409 | 412 | 413 | 426 | 500 | 503;

  constructor(status: RefusedChange["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/** Runs `work`; what it throws is refused with 400, the prefix in front. */
export function refuseWith<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new RefusedChange(400, `${prefix}${error instanceof Error ? error.message : String(error)}`);
  }
}
