/** The command `congruent`. docs/cli.md has its exit codes. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { presets } from "../sequence/semantics.ts";
import { bench } from "./bench.ts";
import { compareFiles } from "./compare.ts";
import { convertFile } from "./convert.ts";
import { inspectFile } from "./inspect.ts";
import { run } from "./run.ts";

/** A file could not be read, converted or run, or lines were bad. */
const failed = 1;
/** The command line is not understood. */
const misused = 2;

const version = process.env.CONGRUENT_VERSION ?? "";

const program = new Command("congruent")
  .description("GRU models of any framework: look into them, convert them, run them.")
  .version(version)
  .configureHelp({ sortOptions: true })
  .showHelpAfterError("(congruent --help, congruent COMMAND --help)")
  .exitOverride();

/** What says how a foreign file is read. */
const reading = (command: Command): Command =>
  command
    .option("--format <NAME>", "the file's format, where its bytes and name do not tell")
    .option("--config <FILE>", "the configuration of a Keras model (model.to_json()), for a file of weights only")
    .option(
      "--mapping <FILE>",
      "which array is which weight, as JSON (docs/mapping.md): npz, JSON, safetensors, PyTorch",
    )
    .option("--head <KIND[=PATH]>", "what stands around a GRU in a state dict, in order: linear=fc, sigmoid", collect)
    .option(
      "--graph-output <NAME>",
      "the operator whose output is the model's, in a TensorFlow graph with several ends",
    );

const selecting = (command: Command): Command =>
  command
    .option("--layer <NAME>", "take this layer alone; again for those that follow it", collect)
    .option("--node <NAME>", "the same, of an ONNX model", collect);

reading(program.command("inspect").argument("FILE", "a model of any format"))
  .description("Show what a file holds: layers, shapes, reset mode, activations, and what is not supported and why.")
  .option("--all", "list every part that is not supported by itself")
  .option("--json", "as JSON")
  .addHelpText(
    "after",
    examples("inspect model.h5", "inspect gtcrn.onnx --all", "inspect weights.npz --mapping map.json"),
  )
  .action(inspectFile);

selecting(reading(program.command("convert").argument("FILE", "a model of any format")))
  .description("Write a model file, which loadModel and `congruent run` read.")
  .requiredOption("-o, --output <OUT>", "where to, `-` for stdout")
  .option("--sample <FILE>", "an input (.npy or JSON): the file will hold it with its results, for model.verify()")
  .option("--expected <FILE>", "the outputs that the original framework gave for the sample (.npy or JSON)")
  .option("--tolerance <NUMBER>", "how far results may be off", toNumber)
  .addOption(new Option("--dtype <TYPE>", "how weights are stored").choices(["f32", "f16", "int8"]).default("f32"))
  .addOption(
    new Option("--precision <BITS>", "with int8: bits of inputs and states at every step").choices(["7", "14"]),
  )
  .option("--calibrate <FILE>", "with int8: inputs like those that the model is for (.npy, JSON, JSON lines)")
  .addOption(
    new Option("--semantics <NAME>", "what padding means; default: as the framework has it").choices(
      Object.keys(presets),
    ),
  )
  .addHelpText(
    "after",
    examples(
      "convert model.keras -o model.safetensors --sample x.npy",
      "convert gtcrn.onnx --node GRU_153 -o gru.safetensors",
      "convert net.pt --head linear=fc -o net.safetensors --dtype f16",
      "convert model.h5 -o small.safetensors --dtype int8 --calibrate x.npy",
      "convert weights.h5 --config model.json -o model.safetensors",
    ),
  )
  .action(convertFile);

selecting(reading(program.command("run").argument("MODEL", "a model file, or a model of any format")))
  .description("Run a model over sequences: JSON lines, CSV or .npy in, JSON lines, CSV or .npy out.")
  .option("-i, --input <FILE>", "sequences; `-` for stdin", "-")
  .option("-o, --output <FILE>", "where to; `-` for stdout", "-")
  .addOption(
    new Option("--from <FORMAT>", "of the input; default: by its name, JSON lines from stdin").choices([
      "jsonl",
      "csv",
      "npy",
    ]),
  )
  .addOption(
    new Option("--to <FORMAT>", "of the output; default: by its name, JSON lines to stdout").choices([
      "jsonl",
      "csv",
      "npy",
    ]),
  )
  .addOption(new Option("--semantics <NAME>", "what padding means; default: the model's").choices(Object.keys(presets)))
  .option("--lengths <LIST>", "valid steps of each sequence: 3,4,2 or a file of them")
  .option("--states", "give the final states too (JSON lines)")
  .addHelpText(
    "after",
    examples(
      "run model.safetensors --input x.npy --output y.npy",
      "run model.safetensors < sequences.jsonl > outputs.jsonl",
      "run model.safetensors --input sensor.csv --to csv",
      "run model.safetensors --input padded.npy --lengths 3,4 --semantics tf1",
    ),
  )
  .action(run);

selecting(reading(program.command("bench").argument("MODEL", "a model file, or a model of any format")))
  .description("Measure how fast a model runs here.")
  .option("--seconds <NUMBER>", "for each measurement", toNumber, 1)
  .addHelpText("after", examples("bench model.safetensors", "bench model.h5 --seconds 5"))
  .action(bench);

selecting(
  reading(
    program
      .command("compare")
      .argument("A", "a model file, or a model of any format")
      .argument("B", "another one with the same inputs and outputs: the same model as int8"),
  ),
)
  .description("Run two models over the same input: how far results are apart, and how many decisions are the same.")
  .requiredOption("-i, --input <FILE>", "sequences (.npy, JSON, JSON lines)")
  .addOption(new Option("--semantics <NAME>", "what padding means; default: A's").choices(Object.keys(presets)))
  .option("--json", "as JSON")
  .addHelpText(
    "after",
    examples(
      "compare model.safetensors small.safetensors --input x.npy",
      "compare weights.npz small.safetensors --mapping map.json --input x.npy",
    ),
  )
  .action(compareFiles);

// Whoever reads our output may stop: `congruent run … | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(process.exitCode ?? 0);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says what went wrong, and gives the exit code for it. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : misused;
  const { name, message, code, stack } = error as NodeJS.ErrnoException;
  // Ours, and those of the file system, say all there is; anything else is a mistake in this program.
  const known = name === "CongruentError" || typeof code === "string";
  process.stderr.write(`congruent: ${known ? message : stack}\n`);
  return name === "CongruentError" && code === "option" ? misused : failed;
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function toNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0)) throw new InvalidArgumentError("expected a number from 0 up.");
  return value;
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ congruent ${line}`).join("\n")}`;
}
