/** A directory of the host. */
export interface Host extends Record<string, unknown> {
  /** Begins with `/` or a drive letter. */
  path: string;
}

/** A named volume. */
export interface PVC extends Record<string, unknown> {
  claimName: string;
  createIfNotExists?: boolean;
  deleteOnSandboxTermination?: boolean;
  storageClass?: string | null;
  storage?: string | null;
  accessModes?: string[] | null;
}

/** A bucket of an object storage. */
export interface OSSFS extends Record<string, unknown> {
  bucket: string;
  endpoint: string;
  version?: "1.0" | "2.0";
  options?: string[];
  accessKeyId: string;
  accessKeySecret: string;
}

/** One mount with exactly one of `host`, `pvc` and `ossfs`. */
export interface Volume extends Record<string, unknown> {
  name: string;
  host?: Host;
  pvc?: PVC;
  ossfs?: OSSFS;
  mountPath: string;
  readOnly?: boolean;
  subPath?: string;
}
