// Installs the peers as bench/package-lock.json has them, unless that was done already.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const lock = createHash("sha256")
  .update(readFileSync(`${folder}package-lock.json`))
  .digest("hex");
const stamp = `${folder}node_modules/.installed`;

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  const client = process.env.npm_execpath;
  const command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  const { status } = client
    ? spawnSync(process.execPath, [client, ...command], { cwd: folder, stdio: "inherit" })
    : spawnSync("npm", command, { cwd: folder, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, lock);
}
