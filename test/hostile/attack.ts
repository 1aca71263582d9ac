/** Runs inside a worker: damages the seeds of one format, reads each, and reports what must never happen. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import type { HostileFormat, HostileReport, HostileSeed } from "./format.ts";
import { mutate, seededRandom, truncationLengths } from "./mutate.ts";

/** What the harness gives to its worker. */
export interface Attack {
  readonly root: string;
  /** Mutations over all seeds; truncations come on top. */
  readonly count: number;
  readonly seed: number;
  /** At most this many truncations of one seed. */
  readonly truncations: number;
  /** [0]: the case that is being read, for the watchdog. */
  readonly progress: Int32Array;
}

const allowedSeconds = 2;
const keptFailures = 20;

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** Memory that a file may take to read: four times its size and 64 MB. */
const allowedBytes = (size: number): number => 4 * size + 2 ** 26;

export async function attack(format: HostileFormat): Promise<void> {
  const { root, count, seed, truncations, progress } = workerData as Attack;
  const report = { cases: 0, refused: 0, same: 0, changed: 0, failures: [] as string[], slowest: 0, hungriest: 0 };
  const seeds = await format.seeds(new URL(root));
  if (seeds.length === 0) throw new Error("no seeds");
  const sound = await Promise.all(seeds.map((file) => format.read(file)));
  const prints = sound.map(fingerprint);
  const fail = (file: HostileSeed, what: string, complaint: string): void => {
    if (report.failures.length < keptFailures) report.failures.push(`${file.name}, ${what}: ${complaint}`);
  };

  const tryOne = async (index: number, bytes: Uint8Array, what: string): Promise<void> => {
    const file = seeds[index];
    report.cases++;
    Atomics.store(progress, 0, report.cases);
    const memory = process.memoryUsage();
    const peak = 1024 * process.resourceUsage().maxRSS;
    const begun = process.cpuUsage();
    let read: unknown;
    let error: unknown;
    try {
      read = await format.read({ ...file, bytes });
    } catch (thrown) {
      error = thrown ?? new Error("nothing was thrown");
    }
    const { user, system } = process.cpuUsage(begun);
    const seconds = (user + system) / 1e6;
    report.slowest = Math.max(report.slowest, seconds);
    if (seconds > allowedSeconds) fail(file, what, `took ${seconds.toFixed(1)} s`);
    // The peak says nothing of memory that was asked for but never touched; the buffers do.
    const after = process.memoryUsage();
    const highest = 1024 * process.resourceUsage().maxRSS;
    const taken = Math.max(highest > peak ? highest - memory.rss : 0, after.arrayBuffers - memory.arrayBuffers);
    report.hungriest = Math.max(report.hungriest, taken);
    if (taken > allowedBytes(bytes.length)) fail(file, what, `took ${taken} bytes for a file of ${bytes.length}`);
    // Garbage of earlier cases must not count as memory of later ones.
    if (after.heapUsed + after.arrayBuffers > memory.heapUsed + 2 ** 23 || report.cases % 256 === 0) collectGarbage();

    if (error !== undefined) {
      report.refused++;
      if ((error as Error).name !== "CongruentError") fail(file, what, `threw ${(error as Error).stack ?? error}`);
      return;
    }
    if (fingerprint(read) === prints[index]) {
      report.same++;
      return;
    }
    report.changed++;
    const complaint = format.judge?.({ seed: file, bytes, what, sound: sound[index], read }) ?? null;
    if (complaint !== null) fail(file, what, complaint);
  };

  for (const [index, { bytes, boundaries }] of seeds.entries()) {
    const lengths = truncationLengths(bytes.length, boundaries);
    const stride = Math.max(1, Math.ceil(lengths.length / truncations));
    for (let i = 0; i < lengths.length; i += stride) {
      await tryOne(index, bytes.slice(0, lengths[i]), `cut off at ${lengths[i]}`);
    }
  }
  for (let i = 0; i < count; i++) {
    const index = i % seeds.length;
    const { bytes, what } = mutate(seeds[index].bytes, seededRandom(Math.imul(seed, 0x9e3779b1) + i));
    await tryOne(index, bytes, `mutation ${i} of seed ${seed} (${what})`);
  }
  parentPort?.postMessage(report satisfies HostileReport);
}

/** All that a reader gave, as a text: two readings are the same where their texts are. Files are left out. */
function fingerprint(read: unknown): string {
  return JSON.stringify(read, (_, value: unknown) => {
    if (ArrayBuffer.isView(value)) {
      const { buffer, byteOffset, byteLength } = value;
      return `${value.constructor.name} ${Buffer.from(buffer, byteOffset, byteLength).toString("base64")}`;
    }
    if (value instanceof Map) return [...value];
    return typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value)) ? String(value) : value;
  });
}
