import { software } from "../../src/kernel/software.ts";
import { describeProperties } from "./properties.ts";
import { randomStack } from "./random.ts";

describeProperties("f32 on the fallback", software.createModel, randomStack);
