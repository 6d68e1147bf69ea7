import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What the heads of both pages have in common stands in one file. */
const commonHead = {
  name: 'common-head',
  transformIndexHtml: {
    order: 'pre',
    handler: (html) => html.replace('    <!-- head.html -->\n', () => readFileSync(at('./head.html'), 'utf8')),
  },
};

export default defineConfig({
  root: at('.'),
  plugins: [commonHead],
  // The package under its published name, as it was just built.
  resolve: { alias: { hongyan: at('../pkg') } },
  build: {
    outDir: at('../dist/www'),
    emptyOutDir: true,
    target: 'es2022',
    // The page's policy allows no inline script and no data: address.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: { input: { main: at('./index.html'), agent: at('./agent.html') } },
  },
});
