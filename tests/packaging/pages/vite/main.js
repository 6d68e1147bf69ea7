import * as hongyan from 'hongyan';
import { RongIMLib } from 'hongyan/rongimlib';

Object.assign(window, { hongyan, RongIMLib });
