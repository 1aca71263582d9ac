import { describe, expect, it } from "vitest";
import { read } from "../../src/convert/npz/read.ts";
import { engineTable } from "../conformance/engines.ts";
import { folder, mapping, spell } from "./g2p.ts";

describe.skipIf(!folder.exists).each(engineTable)("g2p from its npz by a mapping, %s", (_, { createModel }) => {
  it("spells activationist exactly", async () => {
    const model = await read({ name: "checkpoint20.npz", bytes: folder.bytes("checkpoint20.npz") }, { mapping });
    expect(model.noChain).toBe("the mapping says that its layers are not one after the other");
    expect(model.parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(4 * 834_890);
    const layers = model.parts.flatMap((part) => part.layers ?? []);
    const { activationist } = folder.json<{ activationist: string[] }>("expected.json");
    expect(spell("activationist", createModel(layers.slice(0, 2)), createModel(layers.slice(2)))).toEqual(
      activationist,
    );
  });
});
