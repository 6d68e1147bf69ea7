// Builds the demo: www/ and pkg/ -> dist/www/.
import { build } from 'vite';
import { inRoot } from './lib/paths.mjs';

await build({ configFile: inRoot('www', 'vite.config.js'), logLevel: 'warn' });
