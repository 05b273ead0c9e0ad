import { describeTimers } from '@tickfolio/lib/clock/test-timers';
import { browserClock } from './clock.js';

describeTimers('the browser’s clock', browserClock);
