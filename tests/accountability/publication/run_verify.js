// Runs the checks of verify.html under node, without the page: one JSON object a line on standard
// input, each what verify.js calls `given` with bytes as base64; one JSON result a line comes back.
"use strict";
const { readFileSync } = require("node:fs");

const source = process.argv.slice(2).map((path) => readFileSync(path, "utf8")).join("\n");
const run = new Function(`${source}\nreturn run;`)();
const BYTES = ["main", "envelope", "proof", "entry", "policy", "recalls"];

(async () => {
  for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
    const given = JSON.parse(line);
    for (const name of BYTES) {
      given[name] = typeof given[name] === "string" ? new Uint8Array(Buffer.from(given[name], "base64")) : null;
    }
    process.stdout.write(`${JSON.stringify(await run(given))}\n`);
  }
})();
