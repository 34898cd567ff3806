// Makes the pair of 2048 and 512 pixels with sharp: a line "WAY PATH" in, a line of JSON with milliseconds out.
import fs from 'node:fs';
import readline from 'node:readline';
import sharp from 'sharp';

sharp.cache(false);
const web = { width: 2048, height: 2048, fit: 'inside', withoutEnlargement: true };
const thumb = { width: 512, height: 512, fit: 'inside', withoutEnlargement: true };
const open = (bytes) => sharp(bytes, { failOn: 'truncated' }).autoOrient();
const jpeg = (image) => image.jpeg({ quality: 80 }).toBuffer();

const ways = {
  // As its documentation shows: one input, two pipelines, each of which decodes.
  clones: async (bytes) => {
    const image = open(bytes);
    return Promise.all([jpeg(image.clone().resize(web)), jpeg(image.clone().resize(thumb))]);
  },
  // The cheapest we know of: decoded once, the small one made from the large one's pixels.
  pixels: async (bytes) => {
    const { data, info } = await open(bytes).resize(web).raw().toBuffer({ resolveWithObject: true });
    const raw = { raw: { width: info.width, height: info.height, channels: info.channels } };
    return [await jpeg(sharp(data, raw)), await jpeg(sharp(data, raw).resize(thumb))];
  },
};

const files = new Map();
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [way, path] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
  if (!files.has(path)) files.set(path, fs.readFileSync(path));
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const made = await ways[way](files.get(path));
  const used = process.cpuUsage(cpu);
  console.log(JSON.stringify({
    cpuMs: (used.user + used.system) / 1000, wallMs: performance.now() - began, bytes: made.map((one) => one.length),
  }));
}
