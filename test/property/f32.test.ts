import { createModel } from "../../src/index.ts";
import { describeProperties } from "./properties.ts";
import { randomStack } from "./random.ts";

describeProperties("f32", createModel, randomStack);
