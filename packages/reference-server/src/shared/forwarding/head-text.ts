/** A status line and headers as they go over a connection that no HTTP server looks after. */
export function headText(
  status: number,
  reason: string,
  headers: readonly (readonly [name: string, value: string])[],
): string {
  return [`HTTP/1.1 ${status} ${reason}`, ...headers.map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n");
}
