/**
 * What a pickle may hold here. Python's dict is a `Map`, its list an array, its bytes a `Uint8Array`; a tuple, a set and
 * a global are of classes of their own, so that none is taken for another.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDict
  | PickleTuple
  | PickleSet
  | PickleGlobal
  | Foreign;

/** A Python dict or OrderedDict. */
export class PickleDict extends Map<PickleValue, PickleValue> {}

/** A Python tuple. */
export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** A Python set or frozenset; of no use to us but to be there. */
export class PickleSet {
  readonly items: PickleValue[] = [];
}

/** A class or function that the pickle names, and that is on the list. */
export class PickleGlobal {
  constructor(
    /** `module.name` */
    readonly path: string,
    readonly rule: GlobalRule,
  ) {}
}

/** What the user of the unpickler makes: tensors, storages, things that are only passed over. */
export abstract class Foreign {
  /** What a message calls it. */
  abstract readonly what: string;
}

/** What may be done with a global. Without a rule, nothing: its name alone is refused. */
export interface GlobalRule {
  /** Calling it, or making an object of it. Absent: it may be named, but not called. */
  readonly call?: (args: readonly PickleValue[], where: string) => PickleValue;
}

/** A value in a few words, for a message. */
export function showPickled(value: PickleValue | undefined): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (value instanceof PickleDict) return `a dict of ${value.size}`;
  if (value instanceof PickleTuple) return `a tuple of ${value.items.length}`;
  if (value instanceof PickleSet) return "a set";
  if (value instanceof PickleGlobal) return value.path;
  if (value instanceof Foreign) return value.what;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return Array.isArray(value) ? `a list of ${value.length}` : String(value);
}
