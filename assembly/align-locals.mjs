// For the build: numbers the locals of the functions that have activations inlined. Engines do not care how a local is
// called, but gzip does: of sigmoid, tanh and their like there are some forty copies, and one that has the bytes of the
// copy before costs next to nothing.
//
// 1. The constants that such functions read from memory, which nobody writes to, are loaded into locals: once a scope, in
//    front of the first statement that needs one. They have the same numbers in all functions.
// 2. Vectors that are soon used go through the few SHORT locals, others into those behind, so that what waits for its use
//    does not move the places of what is computed meanwhile. A value goes where one went before that was made by the same
//    operations.
//
// The order of evaluation stays as it is.

/** @typedef {string | Node[]} Node an s-expression of WebAssembly's text format */
/** @typedef {{ loop: boolean, begin: number, end: number }} Scope with its begin and end in the order of evaluation */
/** @typedef {{ set: boolean, at: number, scopes: Scope[] }} Access */
/** @typedef {{ name: string, type: string, key: string, begin: number, end: number }} Life */
/** @typedef {{ params: string[], lives: Life[], numbers: Map<Life, number> }} Numbering numbers within those of its type */

const SCOPES = new Set(["func", "block", "loop", "then", "else"]);
const DECLARATIONS = new Set(["type", "param", "result", "local"]);

/** Vectors that live for no longer than this many accesses to locals share the SHORT locals. */
const SHORT_LIFE = 28;
const SHORT = 3;

/**
 * @param {string} text of a module, each value in a local of its own (Binaryen's ssa-nomerge)
 * @param {{ share: RegExp, follow: RegExp }} names of functions: all constants of the ones to share are loaded once a
 * scope, of the others only those that these have as well
 * @returns {string} the module's text
 */
export function alignLocals(text, { share, follow }) {
  const module = /** @type {Node[]} */ (parse(text));
  const functions = (/** @type {RegExp} */ names) =>
    module.filter((node) => node[0] === "func" && names.test(node[1].slice(1)));
  /** @type {Map<string, number>} address → how many functions have it */
  const uses = new Map();
  for (const func of functions(share)) {
    for (const address of loadOnce(func, () => true)) uses.set(address, (uses.get(address) ?? 0) + 1);
  }
  for (const func of functions(follow)) loadOnce(func, (address) => uses.has(address));
  const constants = [...uses].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([address]) => nameOf(address));
  /** @type {Map<string, number>} the local that the last value with this key went to */
  const places = new Map();
  const all = [...functions(share), ...functions(follow)];
  const numberings = all.map((func) => number(func, constants, places));
  const vectors = Math.max(...numberings.map(({ params, numbers }) => params.length + scalarsOf(numbers)));
  for (const [i, func] of all.entries()) rename(func, numberings[i], vectors);
  return print(module);
}

/**
 * Replaces loads of constants by locals, which are set in front of the first statement of the scope that reads one.
 *
 * @param {Node[]} func
 * @param {(address: string) => boolean} wanted
 * @returns {Set<string>} the addresses
 */
function loadOnce(func, wanted) {
  /** @type {Set<string>} */
  const all = new Set();
  /** @param {Node[]} scope */
  const visitScope = (scope) => {
    /** @type {Set<string>} */
    const found = new Set();
    let first = 0;
    for (const [i, statement] of scope.entries()) {
      scope[i] = visit(statement, found);
      if (found.size === 0) first = i + 1;
    }
    const loads = [...found].sort((a, b) => a - b);
    scope.splice(first, 0, ...loads.map((address) => ["local.set", nameOf(address), loadOf(address)]));
    return scope;
  };
  /** @type {(node: Node, found: Set<string>) => Node} */
  const visit = (node, found) => {
    if (!Array.isArray(node)) return node;
    if (SCOPES.has(node[0])) return visitScope(node);
    const address = node[0] === "v128.load32_splat" && node[1][0] === "i32.const" && node[1][1];
    if (!address || !wanted(address)) return node.map((child) => visit(child, found));
    found.add(address);
    all.add(address);
    return ["local.get", nameOf(address)];
  };
  visitScope(func);
  func.splice(2, 0, ...[...all].map((address) => ["local", nameOf(address), "v128"]));
  return all;
}

const nameOf = (/** @type {string} */ address) => `$constant${address}`;
const loadOf = (/** @type {string} */ address) => ["v128.load32_splat", ["i32.const", address]];

/**
 * @param {Node[]} func
 * @param {string[]} constants names of those locals, which get the first numbers
 * @param {Map<string, number>} places
 * @returns {Numbering}
 */
function number(func, constants, places) {
  const lives = livesOf(func);
  /** @type {Map<Life, number>} */
  const numbers = new Map();
  for (const life of lives) {
    const isFree = (/** @type {number} */ n) =>
      lives.every(
        (other) =>
          numbers.get(other) !== n || other.type !== life.type || other.end < life.begin || life.end < other.begin,
      );
    const firstFree = (/** @type {number} */ n) => {
      while (!isFree(n)) n++;
      return n;
    };
    const constant = constants.indexOf(life.name);
    const place = places.get(life.key);
    if (life.type !== "v128") numbers.set(life, firstFree(0));
    else if (constant >= 0) numbers.set(life, constant);
    else if (place !== undefined && isFree(place)) numbers.set(life, place);
    else {
      const chosen = firstFree(constants.length + (life.end - life.begin > SHORT_LIFE ? SHORT : 0));
      numbers.set(life, chosen);
      if (place === undefined) places.set(life.key, chosen);
    }
  }
  return { params: func.filter(([kind]) => kind === "param").map(([, name]) => name), lives, numbers };
}

/**
 * From where to where each local has to keep its value, in the order of their begins.
 *
 * @param {Node[]} func
 * @returns {Life[]}
 */
function livesOf(func) {
  const types = new Map(func.filter(([kind]) => kind === "local").map(([, name, type]) => [name, type]));
  /** @type {Map<string, { key: string, accesses: Access[] }>} */
  const locals = new Map();
  let now = 0;
  /** @type {(node: Node, scopes: Scope[]) => void} */
  const visit = (node, scopes) => {
    if (!Array.isArray(node) || DECLARATIONS.has(node[0])) return;
    if (SCOPES.has(node[0])) {
      const scope = { loop: node[0] === "loop", begin: now, end: now };
      for (const child of node) visit(child, [...scopes, scope]);
      scope.end = now++;
      return;
    }
    for (const child of node) visit(child, scopes);
    const [, access] = /^local\.(\w+)$/.exec(node[0]) ?? [];
    if (!access) return;
    now++;
    if (!types.has(node[1])) return;
    const set = access !== "get";
    if (!locals.has(node[1])) locals.set(node[1], { key: set ? keyOf(node[2]) : "", accesses: [] });
    locals.get(node[1])?.accesses.push({ set, at: now, scopes });
  };
  visit(func, []);
  const lives = [...locals].map(([name, { key, accesses }]) => {
    const [first] = accesses;
    // What is set before it is read in a scope, and nowhere else, is made anew whenever that is entered.
    const home = first.scopes.at(-1);
    const isMadeAnew = first.set && accesses.every(({ scopes }) => scopes.includes(home));
    let begin = first.set ? first.at : 0;
    let end = accesses[accesses.length - 1].at;
    for (const scope of accesses.flatMap(({ scopes }) => scopes)) {
      if (!scope.loop || (isMadeAnew && first.scopes.includes(scope))) continue;
      begin = Math.min(begin, scope.begin);
      end = Math.max(end, scope.end);
    }
    return { name, type: types.get(name), key, begin, end };
  });
  return lives.sort((a, b) => a.begin - b.begin);
}

/**
 * The operations that make a value, without the places of what they take.
 *
 * @param {Node} node
 * @returns {string}
 */
function keyOf(node) {
  if (!Array.isArray(node)) return node.startsWith("offset=") ? "" : node;
  if (node[0] === "local.get" && !node[1].startsWith(nameOf(""))) return "local";
  if (node[0] === "local.tee") return `(${keyOf(node[2])})`;
  return `(${node.map(keyOf).join(" ")})`;
}

/** @param {Map<Life, number>} numbers */
function scalarsOf(numbers) {
  return countOf(numbers, "i32") + countOf(numbers, "f32");
}

/**
 * @param {Map<Life, number>} numbers
 * @param {string} wanted
 */
function countOf(numbers, wanted) {
  return Math.max(0, ...[...numbers].filter(([{ type }]) => type === wanted).map(([, n]) => n + 1));
}

/**
 * @param {Node[]} func
 * @param {Numbering} numbering
 * @param {number} vectors index of the first vector
 */
function rename(func, { params, lives, numbers }, vectors) {
  const first = { f32: params.length, i32: params.length + countOf(numbers, "f32"), v128: vectors };
  /** @type {Map<string, string>} */
  const names = new Map(params.map((name, i) => [name, `$${i}`]));
  for (const life of lives) names.set(life.name, `$${first[life.type] + numbers.get(life)}`);
  /** @type {(node: Node) => Node} */
  const renamed = (node) => {
    if (!Array.isArray(node)) return node;
    const [kind, name, ...rest] = node;
    return kind === "param" || /^local\./.test(kind)
      ? [kind, names.get(name), ...rest.map(renamed)]
      : node.map(renamed);
  };
  const body = func.filter(([kind]) => kind !== "local").map(renamed);
  const begin = body.findLastIndex(([kind]) => DECLARATIONS.has(kind)) + 1 || 2;
  const types = [];
  for (let i = params.length; i < vectors; i++) types.push(i < first.i32 ? "f32" : "i32");
  for (let i = 0; i < countOf(numbers, "v128"); i++) types.push("v128");
  body.splice(begin, 0, ...types.map((type, i) => ["local", `$${params.length + i}`, type]));
  func.splice(0, func.length, ...body);
}

/**
 * @param {string} text
 * @returns {Node}
 */
function parse(text) {
  /** @type {Node[][]} */
  const open = [[]];
  for (const token of text.match(/[()]|"(?:[^"\\]|\\.)*"|[^\s()]+/g) ?? []) {
    if (token === "(") open.push([]);
    else if (token === ")") {
      const node = /** @type {Node[]} */ (open.pop());
      open[open.length - 1].push(node);
    } else open[open.length - 1].push(token);
  }
  return open[0][0];
}

/**
 * @param {Node} node
 * @returns {string}
 */
function print(node) {
  return Array.isArray(node) ? `(${node.map(print).join(" ")})` : node;
}
