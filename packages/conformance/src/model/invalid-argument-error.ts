/** A bad argument, found before anything happened; `argument` names it. */
export class InvalidArgumentError extends TypeError {
  readonly code = "invalid-argument";
  readonly argument: string;

  constructor(argument: string, wanted: string) {
    super(`invalid argument ${argument}: expected ${wanted}`);
    this.name = "InvalidArgumentError";
    this.argument = argument;
  }
}
