import type { CredentialProxyConfig, NetworkPolicy } from "./egress.js";
import type { Volume } from "./volumes.js";

export type SandboxId = string;

/** An image, with what its registry asks for. */
interface ImageSpec {
  uri: string;
  auth?: ImageAuth;
}

interface ImageAuth extends Record<string, unknown> {
  username?: string;
  password?: string;
  token?: string;
}

export interface PlatformSpec extends Record<string, unknown> {
  os: "linux" | "windows";
  arch: "amd64" | "arm64";
}

/** A state that a sandbox may have; an open set. */
export type SandboxState = string;

export interface SandboxStatus extends Record<string, unknown> {
  state: SandboxState;
  reason?: string;
  message?: string;
  /** RFC 3339. */
  lastTransitionAt?: string;
}

export interface SandboxInfo extends Record<string, unknown> {
  id: SandboxId;
  image?: ImageSpec;
  snapshotId?: string;
  platform?: PlatformSpec;
  /** Empty when the server does not say. */
  entrypoint: string[];
  metadata?: Record<string, string>;
  extensions?: Record<string, string>;
  status: SandboxStatus;
  createdAt: Date;
  /** `null` means that it never expires. */
  expiresAt: Date | null;
}

export interface PaginationInfo extends Record<string, unknown> {
  page: number;
  pageSize: number;
  totalItems: number;
  totalPages: number;
  hasNextPage: boolean;
}

export interface ListSandboxesResponse extends Record<string, unknown> {
  items: SandboxInfo[];
  pagination?: PaginationInfo;
}

/** `null` deletes a label. */
export type SandboxMetadataPatch = Record<string, string | null>;

export interface RenewSandboxExpirationResponse extends Record<string, unknown> {
  expiresAt?: Date;
}

/** What to create, with the names of the wire. */
export interface CreateSandboxRequest extends Record<string, unknown> {
  image?: ImageSpec;
  snapshotId?: string;
  entrypoint?: string[];
  platform?: PlatformSpec;
  secureAccess?: boolean;
  /** Seconds; `null` means that it never expires. */
  timeout?: number | null;
  resourceLimits: Record<string, string>;
  resourceRequests?: Record<string, string>;
  env?: Record<string, string>;
  metadata?: Record<string, string>;
  networkPolicy?: NetworkPolicy;
  credentialProxy?: CredentialProxyConfig;
  volumes?: Volume[];
  extensions?: Record<string, unknown>;
}

/** What the server says about a sandbox that it has just created. */
export interface CreateSandboxResponse extends Record<string, unknown> {
  id: SandboxId;
  status: SandboxStatus;
  platform?: PlatformSpec;
  metadata?: Record<string, string>;
  extensions?: Record<string, string>;
  /** `null` means that it never expires. */
  expiresAt: Date | null;
  createdAt: Date;
  /** Empty when the server does not say. */
  entrypoint: string[];
}

export interface ListSandboxesParams {
  states?: string[];
  metadata?: Record<string, string>;
  page?: number;
  pageSize?: number;
}

export interface RenewSandboxExpirationRequest {
  /** RFC 3339, in the future. */
  expiresAt: string;
}

/** Address of a port. */
export interface Endpoint extends Record<string, unknown> {
  /** Without scheme. */
  endpoint: string;
  /** To be sent with every request there. */
  headers?: Record<string, string>;
}
