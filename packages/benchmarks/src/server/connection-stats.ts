import type { Socket } from "node:net";

/** What the server saw of its connections since the last reset. */
export interface ConnectionStats {
  readonly accepted: number;
  /** Most sockets open at the same time. */
  readonly maxOpen: number;
  readonly commands: number;
  /** Connections accepted after the first command had arrived: those that commands cost. */
  readonly acceptedAfterFirstCommand: number;
}

/** Counts connections and commands of the bench server. */
export interface ConnectionCounter {
  connected(socket: Socket): void;
  command(): void;
  read(): ConnectionStats;
  reset(): void;
}

export function connectionCounter(): ConnectionCounter {
  let open = 0;
  let accepted = 0;
  let maxOpen = 0;
  let commands = 0;
  let acceptedAfterFirstCommand = 0;
  return {
    connected(socket) {
      open += 1;
      accepted += 1;
      maxOpen = Math.max(maxOpen, open);
      if (commands > 0) acceptedAfterFirstCommand += 1;
      socket.once("close", () => (open -= 1));
    },
    command: () => void (commands += 1),
    read: () => ({ accepted, maxOpen, commands, acceptedAfterFirstCommand }),
    reset: () => {
      accepted = 0;
      commands = 0;
      acceptedAfterFirstCommand = 0;
      maxOpen = open;
    },
  };
}
