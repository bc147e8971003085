/** A program that speaks the port, with `answer` as the body of what it does with one request, a variable of that name. */
export function faultyAdapter(
  answer: string,
  hello = '{ port: 1, name: "faulty", version: "1", ops: ["infer"] }',
): readonly [string, ...string[]] {
  const program = `
    let pending = "";
    const say = (value) => process.stdout.write(typeof value === "string" ? value : JSON.stringify(value) + "\\n");
    process.stdin.on("data", (chunk) => {
      const lines = (pending + chunk).split("\\n");
      pending = lines.pop();
      for (const line of lines) {
        const request = JSON.parse(line);
        if (request.op === "hello") say(${hello});
        else { ${answer} }
      }
    });`;
  return [process.execPath, "-e", program];
}
