import { describeTimers } from '@tickfolio/lib/kit/timers';
import { browserClock } from './clock.js';

describeTimers('the browser’s clock', browserClock);
