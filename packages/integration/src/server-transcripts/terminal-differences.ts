import type { DeliberateDifference } from "./execd-differences.js";

/** Every deliberate difference of the reference server's terminals, by case. */
export const TERMINAL_DIFFERENCES: Readonly<Record<string, DeliberateDifference>> = {
  "execd/pty/echo-resize-exit": {
    reason:
      "X52, reference as specified: all output comes before the exit, which overtook the shell's last word in the recording",
    aspects: ["2:stdout"],
  },
  "execd/pty/exit-race": {
    reason:
      "X52, reference as specified: all output comes before the exit, which overtook it on three of the recorded sockets",
    aspects: ["2:stdout", "2:stderr", "6:stdout", "24:stdout", "24:stderr"],
  },
};
