import { describe, expect, it } from "vitest";
import { shellCommand } from "./shell-command.js";

describe("shellCommand", () => {
  it("takes a single word as a script", () => {
    expect(shellCommand(["echo $HOME | wc"])).toBe("echo $HOME | wc");
  });

  it("quotes several words so that the remote shell sees them as given", () => {
    expect(shellCommand(["echo", "a b", "$HOME", "it's", "", "-x=1"])).toBe(`echo 'a b' '$HOME' 'it'\\''s' '' -x=1`);
  });
});
