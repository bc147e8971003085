// @ts-check
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as rxjs from "rxjs";
import ts from "typescript";
import { markdownSnippets, tsdocSnippets } from "../snippets/extract-snippets.mjs";
import { snippetModule } from "../snippets/snippet-module.mjs";
import { runNode, toolRoot } from "./run-tool.mjs";
import { readWorkspace } from "./workspace.mjs";

/** @typedef {import("../snippets/extract-snippets.mjs").Snippet & { file: string }} Placed */

/** Made for snippets that use one of these names without declaring it. */
const provided = {
  domain: 'export const domain = process.env["OPEN_SANDBOX_DOMAIN"] ?? "";\n',
  apiKey: 'export const apiKey = process.env["OPEN_SANDBOX_API_KEY"] ?? "";\n',
  client: 'import { createClient } from "@rxsandbox/client";\nexport const client = createClient();\n',
  sandbox:
    'import { firstValueFrom } from "rxjs";\nimport { client } from "./client.js";\nexport const sandbox = await firstValueFrom(client.create({ image: "python:3.11" }));\n',
};

/**
 * The TypeScript of README files, docs/*.md and TSDoc examples type-checks and does what its `// => value` comments
 * say, against an embedded server. Reads `dist`.
 * @type {import("./workspace.mjs").Gate}
 */
export const docSnippets = {
  name: "doc snippets",
  check: async (root) => {
    const folder = join(root, "reports/snippets");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const { snippets, needsServer } = writeModules(root, folder);
    const problems = compile(root, folder, snippets);
    if (problems.length > 0) return problems;
    return run(folder, snippets, needsServer);
  },
};

/**
 * @param {string} root
 * @param {string} folder
 */
function writeModules(root, folder) {
  const { packages } = readWorkspace(root);
  const documents = [
    "README.md",
    "CONTRIBUTING.md",
    ...(existsSync(join(root, "docs")) ? readdirSync(join(root, "docs")).map((name) => `docs/${name}`) : []),
    ...packages.map(({ folder }) => `${folder}/README.md`),
  ];
  const found = [
    ...documents
      .filter((path) => path.endsWith(".md") && existsSync(join(root, path)))
      .flatMap((path) => markdownSnippets(path, readFileSync(join(root, path), "utf8"))),
    ...packages.flatMap((pkg) =>
      pkg.files.filter((file) => !file.isSpec).flatMap((file) => tsdocSnippets(file.path, file.text)),
    ),
  ];
  const surfaces = new Map(packages.map((pkg) => [pkg.name, surfaceOf(pkg)]));
  const order = [...surfaces.keys()].sort((a, b) => Number(b.endsWith("/client")) - Number(a.endsWith("/client")));
  const snippets = found.map((snippet, index) => {
    const own = packages.find((pkg) => snippet.path.startsWith(`${pkg.folder}/`))?.name;
    const text = snippetModule(snippet.code, (name) => {
      if (name in provided) return `./${name}.js`;
      if (own !== undefined && surfaces.get(own)?.has(name) === true) return own;
      return name in rxjs ? "rxjs" : order.find((candidate) => surfaces.get(candidate)?.has(name));
    });
    const file = join(folder, `snippet-${index}.ts`);
    writeFileSync(file, text);
    return { ...snippet, file, text };
  });
  const needsServer = snippets.some(({ text }) => /"(@rxsandbox\/client|\.\/client\.js|\.\/sandbox\.js)"/.test(text));
  if (needsServer) for (const [name, text] of Object.entries(provided)) writeFileSync(join(folder, `${name}.ts`), text);
  return { snippets, needsServer };
}

/**
 * The names that a package's index lists; a snippet may use them without an import.
 * @param {import("./workspace.mjs").Package} pkg
 */
function surfaceOf({ folder, files }) {
  const index = files.find((file) => file.path === `${folder}/src/index.ts`);
  const clauses = index?.ast.statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) &&
    statement.exportClause !== undefined &&
    ts.isNamedExports(statement.exportClause)
      ? [...statement.exportClause.elements]
      : [],
  );
  return new Set((clauses ?? []).map((element) => element.name.text));
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {readonly Placed[]} snippets
 */
function compile(root, folder, snippets) {
  const program = ts.createProgram(
    snippets.map(({ file }) => file),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: [
        "lib.es2023.d.ts",
        "lib.esnext.disposable.d.ts",
        "lib.dom.d.ts",
        "lib.dom.iterable.d.ts",
        "lib.dom.asynciterable.d.ts",
      ],
      types: ["node"],
      typeRoots: [join(toolRoot, "node_modules/@types")],
      strict: true,
      skipLibCheck: true,
      allowUnreachableCode: true,
      rootDir: folder,
      outDir: folder,
    },
  );
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map((diagnostic) => {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
    const snippet = snippets.find(({ file }) => file === diagnostic.file?.fileName);
    if (snippet === undefined || diagnostic.file === undefined)
      return `${diagnostic.file?.fileName.replace(root, "") ?? "snippets"}: ${message}`;
    // The first line of the module is ours.
    const line = Math.max(0, diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line - 1);
    return `${snippet.path}:${snippet.line + line}: ${message}`;
  });
}

/**
 * @param {string} folder
 * @param {readonly Placed[]} snippets
 * @param {boolean} needsServer
 */
async function run(folder, snippets, needsServer) {
  const entries = snippets
    .filter(({ isRun }) => isRun)
    .map(({ file, path, line }) => ({ module: file.replace(/\.ts$/, ".js"), where: `${path}:${line}` }));
  if (entries.length === 0) return [];
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  writeFileSync(join(folder, "list.json"), JSON.stringify({ entries, needsServer }));
  const report = join(folder, "report.json");
  const { status, stderr } = await runNode(
    [join(toolRoot, "tools/snippets/run-snippets.mjs"), join(folder, "list.json"), report],
    folder,
  );
  if (status !== 0 || !existsSync(report))
    return [`the runner ended with status ${status}: ${stderr.trim().split("\n").slice(0, 6).join(" ")}`];
  /** @type {string[]} */
  const problems = JSON.parse(readFileSync(report, "utf8"));
  return problems;
}
