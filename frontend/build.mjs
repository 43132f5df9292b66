// Makes static/built/ of what npm installed: letters, the outlines of land, the query editor.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { feature } from "topojson-client";

const require = createRequire(import.meta.url);
const EVAL = 'new Function("return this")()';
const out = new URL("../src/vilnius_lod/web/static/built/", import.meta.url);
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

// Letters: one weight for headings, in the two sets that the languages of Europe need.
const packaged = await readFile(require.resolve("@fontsource/source-serif-4/600.css"), "utf8");
const faces = [];
for (const set of ["latin-ext", "latin"]) {
  const original = `source-serif-4-${set}-600-normal.woff2`;
  const letters = await readFile(require.resolve(`@fontsource/source-serif-4/files/${original}`));
  await writeFile(new URL(`serif-${set}.woff2`, out), letters);
  const digest = createHash("sha256").update(letters).digest("hex").slice(0, 12); // as web/pages/assets.py has it
  const face = packaged.match(/@font-face \{[^}]*\}/g).find((text) => text.includes(`/${original}`));
  const range = face.match(/unicode-range: [^;]*;/)[0];
  // optional: who does not have them in time reads in the letters at hand, and nothing jumps.
  faces.push(`@font-face { font-family: "Source Serif 4"; font-weight: 600; font-display: optional; src: url(serif-${set}.${digest}.woff2) format("woff2"); ${range} }\n`);
}
await writeFile(new URL("letters.css", out), faces.join(""));

// Land without borders, in hundredths of degrees: {near, far}, each a list of rings [long, lat, long, lat, …].
const smallest = { "50m": 0.02, "110m": 1 }; // square degrees; smaller islands would be dots of dust
const land = {};
for (const [name, scale] of [["near", "50m"], ["far", "110m"]]) {
  const topology = JSON.parse(await readFile(require.resolve(`world-atlas/land-${scale}.json`)));
  const found = rings(feature(topology, topology.objects.land)).filter((ring) => area(ring) > smallest[scale]);
  land[name] = (name === "far" ? found.flatMap(unrolled) : found)
    .map((ring) => ring.flatMap(([long, lat]) => [Math.round(long * 100), Math.round(lat * 100)]));
}
await writeFile(new URL("land.json", out), JSON.stringify(land));


await build({
  entryPoints: ["query.js"], bundle: true, minify: true, format: "esm", target: "es2020", legalComments: "none",
  outdir: fileURLToPath(out), logLevel: "warning", define: { global: "window" },
  // A part of the editor sets this global and, in a module where it is not declared, would resort to eval.
  banner: { js: "globalThis.regeneratorRuntime ??= undefined;" },
  plugins: [{ name: "no-eval", setup: ({ onLoad }) => onLoad({ filter: /yasqe\.min\.js$/ }, withoutEval) }],
});

/** Another part finds the global object by eval, which the pages forbid. */
async function withoutEval({ path }) {
  const text = await readFile(path, "utf8");
  if (!text.includes(EVAL)) throw new Error(`${path} no longer has ${EVAL}: take withoutEval out`);
  return { contents: text.replaceAll(EVAL, "globalThis") };
}

function rings(geojson) {
  const geometries = geojson.features ? geojson.features.map((one) => one.geometry) : [geojson.geometry];
  return geometries.flatMap(({ type, coordinates }) => (type === "Polygon" ? [coordinates] : coordinates)).flat();
}

function area(ring) {
  let sum = 0;
  for (let i = 1; i < ring.length; i++) sum += ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1];
  return Math.abs(sum / 2);
}

/** A ring across the 180th meridian as one that goes on beyond it, on both sides of a flat map. */
function unrolled(ring) {
  const points = [];
  let turn = 0;
  ring.forEach(([long, lat], i) => {
    if (i && Math.abs(long - ring[i - 1][0]) > 180) turn += long < 0 ? 360 : -360;
    points.push([long + turn, lat]);
  });
  if (turn) points.push([points.at(-1)[0], -90], [points[0][0], -90]); // round the pole
  const longs = points.map(([long]) => long);
  const shifts = [0, ...(Math.max(...longs) > 180 ? [-360] : []), ...(Math.min(...longs) < -180 ? [360] : [])];
  return shifts.map((shift) => points.map(([long, lat]) => [long + shift, lat]));
}
