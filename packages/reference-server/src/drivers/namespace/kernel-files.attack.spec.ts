import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { availableDrivers } from "../../testing/available-drivers.js";
import { type TestServer, testServer } from "../../testing/test-server.js";

const MARK = "written:";

describe.each((await availableDrivers()).filter((name) => name === "namespace"))(
  "%s driver attacked through files of the kernel",
  (driver) => {
    let test: TestServer;
    let id: string;
    beforeAll(async () => {
      test = await testServer({ driver });
      id = await test.create();
    });
    afterAll(() => test.close());

    // Opens for writing and writes nothing: a failure of the walls must not change this machine.
    const openForWriting = (...paths: string[]): Promise<string> =>
      test.run(
        id,
        `for path in ${paths.join(" ")}; do if [ -e "$path" ] && ( : >> "$path" ) 2>/dev/null; then echo "${MARK}$path"; fi; done; echo end`,
      );

    it("opens no setting of the kernel for writing", async () => {
      expect(
        await openForWriting(
          "/proc/sys/kernel/core_pattern",
          "/proc/sys/vm/drop_caches",
          "/proc/sys/kernel/hostname",
          "/proc/sysrq-trigger",
          "/proc/irq/default_smp_affinity",
        ),
      ).toBe("end\n");
      const writable = await test.run(
        id,
        "find /proc/sys /proc/irq /proc/bus /proc/fs -type f -writable 2>/dev/null | head -n 3; echo end",
      );
      expect(writable).toBe("end\n");
    });

    it("shows nothing of the machine in /sys, /proc/acpi, /proc/keys and /proc/timer_list", async () => {
      const shown = await test.run(
        id,
        "(ls -A /sys; ls -A /proc/acpi; cat /proc/keys /proc/timer_list /proc/kcore) 2>/dev/null | head -c 100 | wc -c",
      );
      expect(shown).toBe("0\n");
    });

    it("shows no path of the host in the arguments of its processes (H12)", async () => {
      expect(await test.run(id, "tr '\\0' ' ' < /proc/1/cmdline")).toMatch(
        /^\/bin\/(ba)?sh -c eval "\$\(cat <&5\)" \n$/,
      );
      const shown = await test.run(id, "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'; ps -ef 2>/dev/null");
      expect(shown).toContain("tail");
      for (const path of [test.server.stateDir, "/runs/", "rxs-", "pivot_root"]) expect(shown).not.toContain(path);
    });

    it("gains no privilege by starting a program", async () => {
      expect(await test.run(id, "grep NoNewPrivs /proc/self/status /proc/$(pgrep -x tail)/status | cut -f 2")).toBe(
        "1\n1\n",
      );
    });
  },
);
