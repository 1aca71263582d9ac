import { CongruentError, expected } from "../../errors.ts";
import { PickleReader } from "./reader.ts";
import {
  type GlobalRule,
  PickleDict,
  PickleGlobal,
  PickleSet,
  PickleTuple,
  type PickleValue,
  showPickled,
} from "./values.ts";

/** What the pickles of one format may do. */
export interface PickleRules {
  /** By `module.name`: all that may be named. */
  readonly globals: Readonly<Record<string, GlobalRule>>;
  /** What a persistent id stands for. */
  readonly persistent: (id: PickleValue, where: string) => PickleValue;
  /** Whether an object may have a state (BUILD), which is passed over. */
  readonly build: (target: PickleValue, state: PickleValue) => boolean;
  /** What to do about a global that is refused. */
  readonly advice: string;
}

/** Far above a checkpoint's: it has about six containers for each tensor. */
const maxContainers = 250_000;

/** Marks the start of a tuple, list or dict on the stack. */
const mark = Symbol("mark");

/** The stack machine that a pickle is a program for. Every method is (a part of) an instruction. */
export class PickleMachine {
  readonly reader: PickleReader;
  readonly #rules: PickleRules;
  readonly #where: string;
  readonly #stack: (PickleValue | typeof mark)[] = [];
  readonly #memo = new Map<number, PickleValue>();
  /** Where the instruction that is being carried out begins. */
  #start = 0;
  #containers = 0;

  constructor(bytes: Uint8Array, rules: PickleRules, where: string) {
    this.reader = new PickleReader(bytes, where);
    this.#rules = rules;
    this.#where = where;
  }

  /** Where the instruction is, for a message. */
  get place(): string {
    return `${this.#where}, byte ${this.#start}`;
  }

  /** The next opcode. */
  next(): number {
    this.#start = this.reader.position;
    return this.reader.byte();
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.top();
    this.#stack.pop();
    return value;
  }

  top(): PickleValue {
    const value = this.#stack[this.#stack.length - 1];
    if (value === undefined || value === mark) throw expected("file", this.place, "a value on the stack", "none");
    return value;
  }

  mark(): void {
    this.#stack.push(mark);
  }

  /** Everything above the last mark, which goes too. */
  popMark(): PickleValue[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw expected("file", this.place, "a mark on the stack", "none");
    const [, ...values] = this.#stack.splice(at) as PickleValue[];
    return values;
  }

  /** The last `count` values, in the order in which they came. */
  popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** Pushes a new object. */
  make(value: PickleValue): void {
    if (++this.#containers > maxContainers) {
      throw expected("unsupported", this.place, `at most ${maxContainers} objects`, "more");
    }
    this.#stack.push(value);
  }

  makeSet(values: readonly PickleValue[]): void {
    this.make(new PickleSet());
    this.addToSet(values);
  }

  remember(index = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw expected("file", this.place, "a value that was remembered", `number ${index}`);
    this.push(value);
  }

  append(values: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw expected("file", this.place, "a list", showPickled(list));
    for (const value of values) list.push(value);
  }

  addToSet(values: readonly PickleValue[]): void {
    const set = this.top();
    if (!(set instanceof PickleSet)) throw expected("file", this.place, "a set", showPickled(set));
    for (const value of values) set.items.push(value);
  }

  /** @param pairs key, value, key, value … */
  setItems(pairs: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof PickleDict) || pairs.length % 2 !== 0) {
      throw expected("file", this.place, "a dict, and pairs of key and value", showPickled(dict));
    }
    for (let i = 0; i < pairs.length; i += 2) dict.set(pairs[i], pairs[i + 1]);
  }

  /** Names a class or function: here a pickle would import it. */
  find(module: PickleValue, name: PickleValue): void {
    if (typeof module !== "string" || typeof name !== "string") {
      throw expected("file", this.place, "the names of a module and a global", showPickled(module));
    }
    const path = `${module}.${name}`;
    const { globals, advice } = this.#rules;
    if (!Object.hasOwn(globals, path)) {
      throw new CongruentError(
        "unsupported",
        `${this.place}: expected no code, got the Python object ${path}; ${advice}`,
      );
    }
    this.make(new PickleGlobal(path, globals[path]));
  }

  /** Calls a function, or makes an object of a class: one of ours, or nothing. */
  call(): void {
    const [target, args] = this.popMany(2);
    if (!(target instanceof PickleGlobal && target.rule.call)) {
      throw expected(
        "unsupported",
        this.place,
        "no calls but those that make tensors",
        `one of ${showPickled(target)}`,
      );
    }
    if (!(args instanceof PickleTuple)) throw expected("file", this.place, "a tuple of arguments", showPickled(args));
    this.make(target.rule.call(args.items, this.place));
  }

  persistent(): void {
    this.make(this.#rules.persistent(this.pop(), this.place));
  }

  build(): void {
    const state = this.pop();
    const target = this.top();
    if (this.#rules.build(target, state)) return;
    const what = `one for ${showPickled(target)}; ${this.#rules.advice}`;
    throw expected("unsupported", this.place, "no object with a state", what);
  }
}
