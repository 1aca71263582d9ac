import { Dataset, File, Group } from "jsfive";
import { CongruentError } from "../../errors.ts";
import { readAttribute } from "./attribute.ts";
import { HdfDataset } from "./dataset.ts";
import { guard } from "./guard.ts";
import { checkObjectHeader, checkSuperblock } from "./header.ts";
import { MeteredBuffer } from "./meter.ts";

/**
 * An HDF5 file, as far as Keras uses it: groups, text attributes, and datasets of numbers. jsfive reads; what it would
 * believe of a damaged or hostile file is checked here and in the files beside this one.
 */
export class HdfFile {
  readonly #buffer: MeteredBuffer;
  readonly #root: Group;
  /** What was read already, by path. */
  readonly #known = new Map<string, Group | Dataset>();

  /**
   * @param where the file's name, for messages
   * @throws CongruentError `file`
   */
  constructor(
    bytes: Uint8Array,
    readonly where: string,
  ) {
    checkSuperblock(bytes, where);
    const buffer = new MeteredBuffer(bytes);
    this.#buffer = buffer;
    this.#root = guard(where, () => {
      const view = new DataView(buffer);
      // The root's header: in the symbol table entry that follows a superblock of version 0, else in the superblock.
      checkObjectHeader(buffer, Number(view.getBigUint64(view.getUint8(8) === 0 ? 64 : 36, true)), where);
      return new File(buffer);
    });
  }

  /** A group or a dataset by its path from the root, or null. */
  #find(path: string): Group | Dataset | null {
    let found: Group | Dataset = this.#root;
    let place = "";
    for (const name of path.split("/").filter((part) => part !== "")) {
      if (!(found instanceof Group) || !Object.hasOwn(found._links, name)) return null;
      found = this.#child(found, name, place);
      place = `${place}/${name}`;
    }
    return found;
  }

  /**
   * What a group has under a name.
   * @param place the group's path
   */
  #child(group: Group, name: string, place: string): Group | Dataset {
    const path = `${place}/${name}`;
    const before = this.#known.get(path);
    if (before) return before;
    const address = group._links[name];
    if (typeof address !== "number" || name === "." || name === "..") {
      throw new CongruentError("file", `${this.where}, ${path}: expected an object of this file, got a link elsewhere`);
    }
    const child = guard(`${this.where}, ${path}`, () => {
      checkObjectHeader(this.#buffer, address, this.where);
      return group.get(name);
    });
    this.#known.set(path, child);
    return child;
  }

  has(path: string): boolean {
    return this.#find(path) !== null;
  }

  /** What a group has in it, in no order. */
  children(path: string): string[] {
    const group = this.#find(path);
    return group instanceof Group ? Object.keys(group._links) : [];
  }

  /** A text or a list of texts; undefined where there is none, or none of that kind. */
  attribute(path: string, name: string): string | string[] | undefined {
    const where = `${this.where}, ${path || "/"}`;
    const object = this.#find(path);
    return object ? guard(where, () => readAttribute(object._dataobjects, this.#buffer, name, where)) : undefined;
  }

  /** @throws CongruentError `file`: no such dataset */
  dataset(path: string): HdfDataset {
    const found = this.#find(path);
    if (!(found instanceof Dataset)) {
      throw new CongruentError("file", `${this.where}: expected a dataset ${path}, got none`);
    }
    return guard(`${this.where}, ${path}`, () => new HdfDataset(found, this.#buffer, `${this.where}, ${path}`));
  }

  /** The paths of all datasets below a group, in no order. */
  datasetsBelow(path: string): string[] {
    const found: string[] = [];
    const walk = (object: Group | Dataset | null, place: string, above: readonly number[]): void => {
      if (object instanceof Dataset) found.push(place);
      if (!(object instanceof Group)) return;
      const { offset } = object._dataobjects;
      if (above.includes(offset))
        throw new CongruentError("file", `${this.where}, ${place}: a group that holds itself`);
      for (const name of Object.keys(object._links)) {
        walk(this.#child(object, name, place), `${place}/${name}`, [...above, offset]);
      }
    };
    walk(this.#find(path), `/${path}`, []);
    return found;
  }
}
