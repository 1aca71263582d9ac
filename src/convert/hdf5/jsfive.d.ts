/** What we use of jsfive, which has no types of its own. */
declare module "jsfive" {
  /** A message of an object header. */
  type Message = Map<string, number>;

  export interface DataObjects {
    readonly offset: number;
    find_msg_type(type: number): Message[];
    unpack_attribute(offset: number): [name: string, value: unknown];
    determine_data_shape(buffer: ArrayBuffer, offset: number): number[];
    /** Every element, as a JavaScript number; a hole where no chunk has it. */
    get_data(): unknown[];
    readonly chunks: number[] | null;
  }

  export class Group {
    /** By name, the address of the object, or the path of a soft link. */
    readonly _links: Record<string, number | string>;
    readonly _dataobjects: DataObjects;
    get(name: string): Group | Dataset;
  }

  export class File extends Group {
    constructor(buffer: ArrayBuffer, name?: string);
  }

  export class Dataset {
    readonly _dataobjects: DataObjects;
  }

  /** Decoders of chunks, by the number of their filter. */
  export const Filters: Map<number, (buffer: ArrayBuffer, itemSize: number) => ArrayBuffer>;
}
