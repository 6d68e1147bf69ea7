/**
 * The single script: the 2.x namespace over the entry that carries its core. The core becomes bytes
 * with the first `RongIMClient.init`; loading the script does nothing.
 */
import { createClient } from '../inline.js';
import { createRongIMLib } from './namespace.js';
import { version } from './version.js';

export default createRongIMLib({ createClient, version });
