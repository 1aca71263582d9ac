// A CommonJS app that requires the ES module: Node ≥ 20.19 can, TypeScript ≥ 5.8 knows.
import congruent = require("congruent");
import reference = require("congruent/reference");

const model: congruent.Model = reference.createModel([congruent.dense({ units: 1, kernel: [[2]] })]);
if (model.run([[[1]]]).outputs.data[0] !== 2) throw new Error("wrong");
