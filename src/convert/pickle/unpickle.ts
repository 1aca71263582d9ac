/**
 * Python's pickle, of protocol 2 to 5, as far as numbers, texts and containers go.
 *
 * A pickle is a program for a stack machine, two of whose instructions import any function and call it. Here a global
 * that is not on the caller's list ends the reading, so nothing can run; what is on the list are functions of ours. The
 * parsers on npm leave unknown classes as stand-ins, take an empty stack for `undefined` and write dicts into objects,
 * `__proto__` included; weights that may come from anyone need a machine that refuses, and it is small.
 *
 * Source: Lib/pickletools.py of CPython, which describes each instruction.
 */
import { expected } from "../../errors.ts";
import { PickleMachine, type PickleRules } from "./machine.ts";
import { PickleDict, PickleSet, PickleTuple, type PickleValue } from "./values.ts";

/** Far above a checkpoint's: it has about 40 instructions for each tensor. */
const maxInstructions = 1_000_000;

const stop = 0x2e;

/** By opcode, with the names of pickletools. What is not here is of protocols 0 and 1, or of no use to a checkpoint. */
const instructions: Readonly<Record<number, (machine: PickleMachine) => void>> = {
  /* PROTO            */ 128: checkProtocol,
  /* FRAME            */ 149: (machine) => void machine.reader.uint64(),

  /* MARK             */ 40: (machine) => machine.mark(),
  /* POP              */ 48: (machine) => void machine.pop(),
  /* POP_MARK         */ 49: (machine) => void machine.popMark(),
  /* DUP              */ 50: (machine) => machine.push(machine.top()),
  /* BINPUT           */ 113: (machine) => machine.remember(machine.reader.byte()),
  /* LONG_BINPUT      */ 114: (machine) => machine.remember(machine.reader.uint32()),
  /* MEMOIZE          */ 148: (machine) => machine.remember(),
  /* BINGET           */ 104: (machine) => machine.recall(machine.reader.byte()),
  /* LONG_BINGET      */ 106: (machine) => machine.recall(machine.reader.uint32()),

  /* NONE             */ 78: (machine) => machine.push(null),
  /* NEWTRUE          */ 136: (machine) => machine.push(true),
  /* NEWFALSE         */ 137: (machine) => machine.push(false),
  /* BININT1          */ 75: (machine) => machine.push(machine.reader.byte()),
  /* BININT2          */ 77: (machine) => machine.push(machine.reader.uint16()),
  /* BININT           */ 74: (machine) => machine.push(machine.reader.int32()),
  /* LONG1            */ 138: (machine) => pushLong(machine, machine.reader.byte()),
  /* LONG4            */ 139: (machine) => pushLong(machine, machine.reader.uint32()),
  /* BINFLOAT         */ 71: (machine) => machine.push(machine.reader.float64()),
  /* SHORT_BINUNICODE */ 140: (machine) => pushText(machine, machine.reader.byte()),
  /* BINUNICODE       */ 88: (machine) => pushText(machine, machine.reader.uint32()),
  /* BINUNICODE8      */ 141: (machine) => pushText(machine, machine.reader.uint64()),
  /* SHORT_BINSTRING  */ 85: (machine) => pushText(machine, machine.reader.byte()),
  /* SHORT_BINBYTES   */ 67: (machine) => pushBytes(machine, machine.reader.byte()),
  /* BINBYTES         */ 66: (machine) => pushBytes(machine, machine.reader.uint32()),
  /* BINBYTES8        */ 142: (machine) => pushBytes(machine, machine.reader.uint64()),

  /* EMPTY_LIST       */ 93: (machine) => machine.make([]),
  /* APPEND           */ 97: (machine) => machine.append([machine.pop()]),
  /* APPENDS          */ 101: (machine) => machine.append(machine.popMark()),
  /* EMPTY_DICT       */ 125: (machine) => machine.make(new PickleDict()),
  /* SETITEM          */ 115: (machine) => machine.setItems(machine.popMany(2)),
  /* SETITEMS         */ 117: (machine) => machine.setItems(machine.popMark()),
  /* EMPTY_TUPLE      */ 41: (machine) => machine.make(new PickleTuple([])),
  /* TUPLE1           */ 133: (machine) => machine.make(new PickleTuple(machine.popMany(1))),
  /* TUPLE2           */ 134: (machine) => machine.make(new PickleTuple(machine.popMany(2))),
  /* TUPLE3           */ 135: (machine) => machine.make(new PickleTuple(machine.popMany(3))),
  /* TUPLE            */ 116: (machine) => machine.make(new PickleTuple(machine.popMark())),
  /* EMPTY_SET        */ 143: (machine) => machine.make(new PickleSet()),
  /* ADDITEMS         */ 144: (machine) => machine.addToSet(machine.popMark()),
  /* FROZENSET        */ 145: (machine) => machine.makeSet(machine.popMark()),

  /* GLOBAL           */ 99: (machine) => machine.find(machine.reader.line(), machine.reader.line()),
  /* STACK_GLOBAL     */ 147: (machine) => machine.find(...(machine.popMany(2) as [PickleValue, PickleValue])),
  /* REDUCE           */ 82: (machine) => machine.call(),
  /* NEWOBJ           */ 129: (machine) => machine.call(),
  /* BUILD            */ 98: (machine) => machine.build(),
  /* BINPERSID        */ 81: (machine) => machine.persistent(),
};

function pushText(machine: PickleMachine, length: number): void {
  machine.push(machine.reader.text(length));
}

function pushBytes(machine: PickleMachine, length: number): void {
  machine.push(machine.reader.bytes(length));
}

function pushLong(machine: PickleMachine, length: number): void {
  machine.push(machine.reader.long(length));
}

function checkProtocol(machine: PickleMachine): void {
  const protocol = machine.reader.byte();
  if (protocol < 2 || protocol > 5) throw expected("unsupported", machine.place, "protocol 2 to 5", String(protocol));
}

/**
 * Reads one pickle; nothing in it can run.
 *
 * @param where what the bytes are, for messages
 * @throws CongruentError `file`: it is damaged; `unsupported`: it names something that is not on the list, has an
 *   instruction that no checkpoint needs, or is larger than any
 */
export function unpickle(bytes: Uint8Array, rules: PickleRules, where: string): PickleValue {
  const machine = new PickleMachine(bytes, rules, where);
  for (let i = 0; i < maxInstructions; i++) {
    const opcode = machine.next();
    if (opcode === stop) return machine.pop();
    if (!Object.hasOwn(instructions, opcode)) {
      const given = `opcode 0x${opcode.toString(16).padStart(2, "0")}`;
      throw expected("unsupported", machine.place, "an instruction of a checkpoint (protocol 2 to 5)", given);
    }
    instructions[opcode](machine);
  }
  throw expected("unsupported", machine.place, `at most ${maxInstructions} instructions`, "more");
}
