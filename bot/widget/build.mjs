// Builds the two files that a page loads: the launcher, and the talk that it fetches when it is opened.

import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { build, transform } from "esbuild";
import { minify } from "terser";

// A `rem` in our style sheets is the widget's own, because a host page may have changed what a rem is.
const OWN_REM = "calc($1*var(--padwijzer-rem))";

const styleSheets = {
  name: "style sheets as text",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const source = (await readFile(path, "utf8")).replace(/(?<![\w.-])(-?[\d.]+)rem\b/g, OWN_REM);
      const { code } = await transform(source, { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

// Parts of socket.io that are not used here are not shipped: polling, which needs a proxy that keeps people at one
// copy of the service, and binary data, because a talk is JSON.
const notShipped = {
  name: "not shipped",
  setup({ onLoad }) {
    onLoad({ filter: /engine\.io-client.*[\\/]transports[\\/]index\.js$/ }, () => ({
      contents: 'import { WS } from "./websocket.js"; export const transports = { websocket: WS };',
    }));
    onLoad({ filter: /socket\.io-parser.*[\\/]is-binary\.js$/ }, () => ({
      contents: "export const isBinary = () => false; export const hasBinary = () => false;",
    }));
    onLoad({ filter: /socket\.io-parser.*[\\/]binary\.js$/ }, () => ({
      contents: "const refuse = () => { throw new Error('no binary data'); }; export { refuse as deconstructPacket, refuse as reconstructPacket };",
    }));
  },
};

async function bundle(entry, out, format) {
  const plugins = [styleSheets, notShipped];
  const result = await build({ entryPoints: [entry], outfile: out, format, plugins, bundle: true, minify: true, write: false, target: "es2022", charset: "utf8", legalComments: "none", logLevel: "warning" });
  const { code } = await minify(result.outputFiles[0].text, { ecma: 2020, module: true, toplevel: true, compress: { passes: 3 } });
  await writeFile(out, code);
}

await mkdir("dist", { recursive: true });
await bundle("src/padwijzer.ts", "dist/padwijzer.js", "iife");
await bundle("src/padwijzer-chat.ts", "dist/padwijzer-chat.js", "esm");
for (const file of ["demo.css", "icon.svg"]) await copyFile(`pages/${file}`, `dist/${file}`);
await writeFile("dist/licences.txt", (await licences()).join("\n\n"));

// The packages that went into the files, with the words that their licences ask us to keep.
async function licences() {
  const shipped = ["dompurify", "marked", "socket.io-client", "engine.io-client", "socket.io-parser", "engine.io-parser", "@socket.io/component-emitter"];
  return Promise.all(shipped.map(async (name) => {
    const folder = `node_modules/${name}`;
    const file = (await readdir(folder)).find((found) => /^licen[cs]e/i.test(found));
    return `${name}\n\n${await readFile(`${folder}/${file}`, "utf8")}`;
  }));
}
