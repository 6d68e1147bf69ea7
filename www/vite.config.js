import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at('.'),
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
