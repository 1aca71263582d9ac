// A CommonJS app: import() works in every version of Node and TypeScript.
export async function outputs(): Promise<Float32Array> {
  const { createModel, dense } = await import("congruent");
  const { CongruentError } = await import("congruent/core");
  const model = createModel([dense({ units: 1, kernel: [[2]] })]);
  if (new CongruentError("option", "") instanceof Error) return model.run([[[1]]]).outputs.data;
  throw new Error("no error");
}
