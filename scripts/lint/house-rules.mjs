import { isBuiltin } from "node:module";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { FENCED_PACKAGES, IMPORT_ZONES } from "./import-zones.mjs";

/** Words that say nothing about what a thing does. */
const EMPTY_WORDS = ["manager", "helper", "util", "handler", "service", "common", "misc", "base", "impl"];
const MOST_SHELL_LINES = 25;
const NAMED_DECLARATIONS = [
  "FunctionDeclaration",
  "ClassDeclaration",
  "TSInterfaceDeclaration",
  "TSTypeAliasDeclaration",
];

/** Every import stays inside its zone, and says the file it means, extension included, as Node needs it. */
const imports = {
  create(context) {
    const file = pathFromRoot(context, context.filename);
    const zone = IMPORT_ZONES.find(({ within }) => file.startsWith(within));
    if (!zone) return {};
    const check = (source) => {
      if (source?.type !== "Literal" || typeof source.value !== "string") return;
      const problem = problemOf(context, zone, source.value);
      if (problem) context.report({ node: source, message: `${zone.within} may not import ${problem}` });
    };
    return {
      ImportDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      TSImportType: ({ source, argument }) => check(source ?? argument),
    };
  },
};

function problemOf(context, zone, specifier) {
  if (specifier.startsWith(".")) {
    const target = pathFromRoot(context, resolve(dirname(context.filename), specifier.replace(/\?.*$/, "")));
    if (!/\.[a-z]+$/.test(target)) return `"${specifier}" without its extension`;
    return zone.ours.some((place) => target.startsWith(place)) ? undefined : target;
  }
  if (isBuiltin(specifier)) return zone.platform ? undefined : `Node's ${specifier}`;
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  const isAllowed = zone.packages === "any" ? !FENCED_PACKAGES.includes(name) : zone.packages.includes(name);
  return isAllowed ? undefined : `the package ${name}`;
}

/** Names of files and of the functions, classes and types at the top of them hold no empty word. A "base URL" is a term of its own. */
const names = {
  create(context) {
    const check = (node, name) => {
      const words = name
        .replace(/baseUrl/i, "")
        .split(/[^a-zA-Z]+|(?<=[a-z])(?=[A-Z])/)
        .map((word) => word.toLowerCase().replace(/s$/, ""));
      const empty = EMPTY_WORDS.find((word) => words.includes(word));
      if (empty) context.report({ node, message: `"${name}" says "${empty}", which says nothing: name what it does` });
    };
    return {
      Program(program) {
        check(program, basename(context.filename));
        for (const statement of program.body) {
          const declaration = statement.declaration ?? statement;
          if (!NAMED_DECLARATIONS.includes(declaration.type)) continue;
          for (const id of identifiersOf(declaration)) check(id, id.name);
        }
      },
    };
  },
};

/** Every exported symbol is described by a comment of its own right above it. */
const docstrings = {
  create(context) {
    return {
      ExportNamedDeclaration(node) {
        if (!node.declaration) return;
        const comment = context.sourceCode.getCommentsBefore(node).at(-1);
        if (comment?.type === "Block" && comment.value.startsWith("*") && /[a-z]/i.test(comment.value)) return;
        const [{ name } = { name: "it" }] = identifiersOf(node.declaration);
        context.report({ node, message: `"${name}" is exported without a description` });
      },
    };
  },
};

/** A worklet file is a thin shell: what it does is in a pure file that tests can run. */
const workletShell = {
  create(context) {
    return {
      Program(program) {
        const ends = program.body.filter(({ type }) => type === "ImportDeclaration").map(({ range }) => range[1]);
        const code = context.sourceCode.text.slice(Math.max(0, ...ends));
        const lines = code.split("\n").filter((line) => /^\s*[^\s/*]/.test(line)).length;
        if (lines <= MOST_SHELL_LINES) return;
        context.report({ node: program, message: `a shell of ${lines} lines; the limit is ${MOST_SHELL_LINES}` });
      },
    };
  },
};

function identifiersOf(declaration) {
  const candidates = declaration.declarations?.map(({ id }) => id) ?? [declaration.id];
  return candidates.filter((id) => id?.type === "Identifier");
}

function pathFromRoot(context, path) {
  return relative(context.cwd, path).split(sep).join("/");
}

/** The rules of this house that no ready-made linter has. */
export default { meta: { name: "house" }, rules: { imports, names, docstrings, "worklet-shell": workletShell } };
