/** What is measured: a client, and where the official one offers several ways, each of them. */
export type ClientName = "official-iterator" | "official-handlers" | "official-accumulating" | "rxsandbox";

/** The same, the raw reader, and in a page the bare loop. */
export type SubjectName = ClientName | "raw" | "loop";

/** One client connected to the sandbox of the bench server. */
export interface Subject {
  /**
   * Runs a command to the end that the client itself reports and resolves with the number of events that reached the
   * caller.
   */
  run(command: string): Promise<number>;
  /** Reads the sandbox. */
  get(): Promise<void>;
  /** Renews the sandbox: a POST with a small JSON body. */
  post(): Promise<void>;
  /** Writes a local file of so many bytes into the sandbox as one that is read while it is sent. */
  upload(path: string, bytes: number): Promise<void>;
  /** Reads a file of so many bytes chunk by chunk and resolves with the number that reached the caller. */
  download(bytes: number): Promise<number>;
  close(): Promise<void>;
}

export type ConnectSubject = (domain: string, sandboxId: string) => Promise<Subject>;
