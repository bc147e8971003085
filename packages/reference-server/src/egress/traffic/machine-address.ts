import { lookup, type LookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { networkInterfaces } from "node:os";

/** The code of a connection that was refused because it would have reached this machine. */
export const MACHINE_REFUSED = "ERR_MACHINE_REFUSED";

const LOCAL = new BlockList();
// Loopback, "this host", and link-local: the machine's own services and those of its cloud.
LOCAL.addSubnet("127.0.0.0", 8, "ipv4");
LOCAL.addSubnet("0.0.0.0", 8, "ipv4");
LOCAL.addSubnet("169.254.0.0", 16, "ipv4");
LOCAL.addAddress("::1", "ipv6");
LOCAL.addAddress("::", "ipv6");
LOCAL.addSubnet("fe80::", 10, "ipv6");

/** Whether an address leads to this machine itself, as it is configured now, or to its link. */
export function isMachineAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const kind = family === 4 ? "ipv4" : "ipv6";
  // An IPv4 address inside an IPv6 one is judged as the former.
  if (LOCAL.check(address, kind)) return true;
  const own = new BlockList();
  for (const { address: mine, family: of } of Object.values(networkInterfaces()).flatMap((all) => all ?? [])) {
    own.addAddress(mine.split("%")[0] ?? mine, of === "IPv4" ? "ipv4" : "ipv6");
  }
  return own.check(address, kind);
}

/**
 * Looks a name up as `dns.lookup` does, without the addresses of this machine. A name that has no others fails with
 * {@link MACHINE_REFUSED}: what is connected to is what was judged.
 */
export const lookupElsewhere: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, "");
    const elsewhere = addresses.filter(({ address }) => !isMachineAddress(address));
    const [first] = elsewhere;
    if (first === undefined) return callback(machineRefused(hostname), "");
    if (options.all === true) callback(null, elsewhere);
    else callback(null, first.address, first.family);
  });
};

function machineRefused(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} is an address of this machine`), { code: MACHINE_REFUSED });
}

/** What a program in a sandbox reads that asked for this machine. */
export function machineRefusal(host: string): string {
  return `a sandbox does not reach the machine that it runs on (${host.toLowerCase()})`;
}
